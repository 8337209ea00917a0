"""Measurements of the statistics engine; run as ``python -m benchmarks.NAME``."""
