"""Point every assignment at its reading, as the code before could only have one."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def point_at_readings(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    reading = apps.get_model("reading", "Reading")
    assignment = apps.get_model("reading", "Assignment")
    own = reading.objects.filter(assignment=OuterRef("pk")).values("pk")[:1]
    assignment.objects.filter(current_reading__isnull=True).update(current_reading=Subquery(own))


class Migration(migrations.Migration):
    dependencies = [("reading", "0002_study_life")]

    operations = [migrations.RunPython(point_at_readings, migrations.RunPython.noop)]
