"""Bring what an installation has into the new tables."""

from typing import Any

from django.core.files.storage import storages
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

BEFORE_REVIEWS = "Shown to raters by a release that had no review."


def destroy_raw_files(models: Any, schema: BaseDatabaseSchemaEditor) -> None:
    """Raw files that were never read in go; their uploads ask for them once more."""
    raw_files = models.get_model("cohorts", "QuarantinedFile").objects.all()
    for file in raw_files:
        storages["quarantine"].delete(file.stored_name)
    raw_files.delete()


def carry_over_series(models: Any, schema: BaseDatabaseSchemaEditor) -> None:
    """Every series of old was in use; what was said of it becomes gates."""
    for series in models.get_model("cohorts", "Series").objects.iterator():
        words = [("corrected", sentence) for sentence in series.corrections]
        words += [("flagged", sentence) for sentence in series.flags]
        series.gates = [
            {"name": verdict, "verdict": verdict, "sentence": sentence}
            for verdict, sentence in words
        ]
        series.used = True
        if series.kind == "NCCT":
            series.review = "not-needed"
        else:
            series.review = "released"
            series.reviewed_at = timezone.now()
            series.review_note = BEFORE_REVIEWS
            series.phase = "after"
        series.save()


class Migration(migrations.Migration):
    """Data between two changes of the tables: PostgreSQL does not do both at once."""

    dependencies = [("cohorts", "0003_cohorts_in")]

    operations = [
        migrations.RunPython(destroy_raw_files, migrations.RunPython.noop),
        migrations.RunPython(carry_over_series, migrations.RunPython.noop),
    ]
