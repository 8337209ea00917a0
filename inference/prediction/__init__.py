"""Segmenting CT volumes with a stored model."""
