"""Keep database and list of deletions the same: after a crash, and after a restored backup."""

from pathlib import Path

from reader_study.cohorts.models import PatientDeletion
from reader_study.coordination.deletion.ledger import (
    ledger_file,
    note_deletion,
    noted_deletions,
)
from reader_study.coordination.deletion.patients import delete_again, finish_deletions


def apply_deletions(file: Path | None = None) -> int:
    """Delete again whom the list names and the database has; return how many that were."""
    noted = list(noted_deletions(file or ledger_file()))
    return sum(delete_again(study_id=row.study_id, case_id=row.case_id) for row in noted)


def finish_and_agree() -> None:
    """Finish what a kill left, apply the list, and note what is missing in it."""
    finish_deletions()
    apply_deletions()
    noted = {row.case_id for row in noted_deletions(ledger_file())}
    for deletion in PatientDeletion.objects.exclude(case__in=noted).select_related("case"):
        note_deletion(deletion)
