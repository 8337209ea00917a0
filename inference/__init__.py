"""Segmentation of the cerebral arteries in non-contrast CT: phantoms, models, prediction."""

from inference import nnunet_environment as nnunet_environment
