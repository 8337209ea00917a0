"""The hospital's identifier of a case's patient: sealed where the installation keeps it at all."""

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction

from reader_study.accounts.models import User
from reader_study.audit.services import record
from reader_study.cohorts.models import Case, SealedIdentity
from reader_study.cohorts.refusals import CaseChangeRefusedError


def seal(*, case: Case, patient_id: str) -> None:
    """Keep a patient's identifier encrypted; nothing is kept without the installation's key."""
    if settings.IDENTITY_KEY and patient_id:
        sealed = Fernet(settings.IDENTITY_KEY).encrypt(patient_id.encode())
        SealedIdentity.objects.get_or_create(case=case, defaults={"sealed": sealed})


@transaction.atomic
def reveal(*, case: Case, reason: str, actor: User) -> str:
    """Return the hospital's identifier of a patient; who asked, and why, is noted for good.

    Raises
    ------
    CaseChangeRefusedError
        There is no reason, no identifier was kept, or it was sealed with another key.
    """
    if not reason.strip():
        raise CaseChangeRefusedError("Say why the patient's identity is needed.")
    identity = SealedIdentity.objects.filter(case=case).first()
    if identity is None:
        raise CaseChangeRefusedError(
            f"The identity of {case.code} was not kept; the hospital knows it by its own list."
        )
    if not settings.IDENTITY_KEY:
        raise CaseChangeRefusedError(
            "This installation has no key to open identities; its operator sets "
            "READER_STUDY_IDENTITY_KEY."
        )
    try:
        opened = Fernet(settings.IDENTITY_KEY).decrypt(bytes(identity.sealed))
    except InvalidToken as error:
        raise CaseChangeRefusedError(
            f"The identity of {case.code} was sealed with another key; its operator knows which."
        ) from error
    record(
        action="identity revealed",
        actor=actor,
        study_id=case.study_id,
        subject=case.code,
        reason=reason.strip(),
    )
    return opened.decode()
