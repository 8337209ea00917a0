"""The one error of this package that is meant to be shown to people."""


class ImagingError(Exception):
    """A file, series or run cannot be used.

    The message says what is wrong, where, and what to do about it. It names files and figures,
    never a patient.
    """
