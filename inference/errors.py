"""The errors that a person can act upon; each message says what is wrong and where."""


class InferenceError(Exception):
    """Base of the errors of this package.

    Deliberately no ``RuntimeError``: nnU-Net's predictor takes any ``RuntimeError`` on a GPU for a
    lack of memory and silently starts again on the CPU.
    """


class ModelError(InferenceError):
    """A model directory is incomplete, altered, or asks for something that is not allowed."""


class VolumeError(InferenceError):
    """A CT volume cannot be segmented: wrong dimensions, empty, not finite or too small."""


class PredictionCancelledError(InferenceError):
    """A prediction was stopped because nobody wants it any more."""
