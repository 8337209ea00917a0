"""What the cohort refuses, in one clear sentence."""


class CaseChangeRefusedError(Exception):
    """The state of the study or of the case forbids the change; the message says why."""


class UploadRefusedError(Exception):
    """What is asked of an upload does not fit its state; the message says why and what to do."""


class UploadEndedError(UploadRefusedError):
    """Nothing can be sent to the upload any more: it is complete, given up or expired."""


class OffsetMovedError(UploadRefusedError):
    """The file has not this many bytes: another client wrote to it, or an answer was lost."""


class ChecksumMismatchError(UploadRefusedError):
    """What arrived is not what was sent; none of it was kept."""


class UploadTooLargeError(UploadRefusedError):
    """More than was announced, or than an upload may have."""


class NoRoomError(UploadRefusedError):
    """The study's quota or the server's disk is full; what arrived is kept."""
