"""The one error of this package that is meant to be shown to people, and one that is nobody's."""

import errno

DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Numbers of the errors that no file is to blame for: what is being read must not be refused."""


class ImagingError(Exception):
    """A file, series or run cannot be used.

    The message says what is wrong, where, and what to do about it. It names files and figures,
    never a patient.
    """
