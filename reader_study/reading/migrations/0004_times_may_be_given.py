"""A reading's begin and a calibration's end may be given, as simulated and loaded ones have."""

from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("reading", "0003_current_readings")]

    operations = [
        migrations.AlterField(
            "calibrationresult", "finished_at", models.DateTimeField(default=timezone.now)
        ),
        migrations.AlterField("reading", "started_at", models.DateTimeField(default=timezone.now)),
    ]
