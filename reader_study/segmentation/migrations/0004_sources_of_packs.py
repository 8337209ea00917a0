"""Say of what is there already of which images it was made: of those in use."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def remember_sources(models: Any, schema: BaseDatabaseSchemaEditor) -> None:
    """A pack that lacks a run which came later gets no sources, so that it is made anew."""
    series = models.get_model("cohorts", "Series").objects.filter(used=True)
    source = models.get_model("segmentation", "PackSource")
    for job in models.get_model("segmentation", "SegmentationJob").objects.iterator():
        used = series.filter(case_id=job.case_id)
        ct = used.filter(kind="NCCT").first()
        if ct is None:
            continue
        job.volume_name = ct.stored_name
        job.save(update_fields=["volume_name"])
        pack = getattr(job, "media_pack", None)
        if pack is None or pack.state != "done":
            continue
        if len(pack.manifest["runs"]) == used.filter(kind="DSA").count():
            source.objects.bulk_create(
                source(pack=pack, stored_name=name)
                for name in used.values_list("stored_name", flat=True)
            )


class Migration(migrations.Migration):
    """Data after the change of the tables: PostgreSQL does not do both at once."""

    dependencies = [
        ("segmentation", "0003_what_packs_are_made_of"),
        ("cohorts", "0005_only_reviewed_series_are_used"),
    ]

    operations = [migrations.RunPython(remember_sources, migrations.RunPython.noop)]
