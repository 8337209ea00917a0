"""What stands in for a patient's name, identifiers and dates, from a key that stays secret."""

import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from pydicom.config import IGNORE
from pydicom.uid import UID

MIN_KEY_BYTES = 16
MIN_SHIFT_DAYS, MAX_SHIFT_DAYS = 30, 3650
_CASE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}[A-Za-z0-9]|[A-Za-z0-9]")


def standard_name(uid: str) -> str:
    """Return the standard's own name of a UID; an empty text for any that it does not give."""
    known = UID(uid, validation_mode=IGNORE)
    # pydicom strips white space of every kind; a UID that it surrounds is none of the standard.
    return str(known.name) if known == uid and known.name != known else ""


@dataclass(frozen=True)
class Pseudonym:
    """The stand-ins of one patient of one study.

    Attributes
    ----------
    key
        At least 16 random bytes, the same for a whole study. Whoever has it can link new
        identifiers to old ones that he knows.
    case_code
        What the study calls the patient: letters, digits, spaces, "._-"; at most 64 characters.

    Raises
    ------
    ValueError
        If the key is too short or the code has other characters.
    """

    key: bytes
    case_code: str

    def __post_init__(self) -> None:
        """Refuse what would not be safe or would not fit into DICOM."""
        if len(self.key) < MIN_KEY_BYTES:
            raise ValueError(f"The key has {len(self.key)} bytes; use at least {MIN_KEY_BYTES}.")
        if not _CASE_CODE.fullmatch(self.case_code):
            raise ValueError(
                "A case code has 1 to 64 letters, digits, spaces, dots, hyphens or underscores, "
                f"and begins and ends with a letter or digit; got “{self.case_code}”."
            )

    def uid(self, original: str) -> str:
        """Return the UID in place of `original`; the same for every patient of the study.

        A number of the standard itself (an SOP class, a well-known frame of reference) stays.
        """
        if standard_name(original):
            return original
        digest = bytearray(self._digest("uid", original)[:16])
        # A 2.25 root needs a UUID (ITU-T X.667): version 8, made by a rule of one's own.
        digest[6] = digest[6] & 0x0F | 0x80
        digest[8] = digest[8] & 0x3F | 0x80
        return f"2.25.{uuid.UUID(bytes=bytes(digest)).int}"

    def label(self, original: str) -> str:
        """Return a number in place of a short label that groups frames."""
        return str(int.from_bytes(self._digest("label", original)[:4], "big"))

    @cached_property
    def days_earlier(self) -> int:
        """How many days all dates of the patient move into the past."""
        number = int.from_bytes(self._digest("date shift", self.case_code)[:8], "big")
        return MIN_SHIFT_DAYS + number % (MAX_SHIFT_DAYS - MIN_SHIFT_DAYS + 1)

    def day(self, original: date) -> date:
        """Return the day in place of `original`.

        Raises
        ------
        OverflowError
            If there is no such day in the calendar.
        """
        return original - timedelta(days=self.days_earlier)

    def _digest(self, purpose: str, original: str) -> bytes:
        message = f"{purpose}\0{original}".encode("utf-8", "surrogatepass")
        return hmac.new(self.key, message, hashlib.sha256).digest()
