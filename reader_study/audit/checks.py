"""System checks of the trail's keys."""

import stat
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import connections

from reader_study.audit.keys import key_file, keys_by_id
from reader_study.audit.models import ChainHead


@register(Tags.security)
def key_is_a_secret(**_: Any) -> list[CheckMessage]:
    """Say where others may read the key, or where production has none of its own."""
    if settings.AUDIT_KEY:
        return []
    if settings.ENVIRONMENT.production:
        return [
            checks.Error(
                "The audit trail has no key of its own.",
                hint="Set READER_STUDY_AUDIT_KEY to a long random string.",
                id="audit.E001",
            )
        ]
    file = key_file()
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        return [
            checks.Error(
                f"Others than its owner may read the audit trail's key, {file}.",
                hint=f"chmod 600 {file}, then rotate the key: manage.py rotate_audit_key",
                id="audit.E002",
            )
        ]
    return []


@register(Tags.database)
def keys_are_known(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Say which chains end under a key that this installation was not given."""
    table = ChainHead._meta.db_table
    return [
        checks.Warning(
            f"The audit chain {end.chain} ends under the key {end.key_id}, which is not here.",
            hint="Give it back in READER_STUDY_AUDIT_RETIRED_KEYS: without it nothing of that "
            "chain can be verified.",
            id="audit.W002",
        )
        for alias in databases or []
        if table in connections[alias].introspection.table_names()
        for end in ChainHead.objects.using(alias).exclude(key_id="")
        if end.key_id not in keys_by_id()
    ]
