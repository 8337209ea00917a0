"""Segmentation of the cerebral arteries in non-contrast CT: phantoms, models, prediction."""
