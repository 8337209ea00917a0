from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("chain", models.CharField(max_length=36, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0)),
                ("mac", models.CharField(blank=True, max_length=64)),
                ("key_id", models.CharField(blank=True, max_length=16)),
                (
                    "seal",
                    models.CharField(blank=True, help_text="MAC of the head itself.", max_length=64),
                ),
            ],
        ),
        migrations.AlterField("event", "at", models.DateTimeField()),
        migrations.AddField(
            "event",
            "actor_name",
            models.CharField(
                blank=True,
                default="",
                help_text="The user name at the time: accounts may be renamed.",
                max_length=150,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "event", "chain", models.CharField(default="", max_length=36), preserve_default=False
        ),
        migrations.AddField("event", "sequence", models.PositiveBigIntegerField(null=True)),
        migrations.AddField(
            "event", "key_id", models.CharField(default="", max_length=16), preserve_default=False
        ),
        migrations.AddField(
            "event", "mac", models.CharField(default="", max_length=64), preserve_default=False
        ),
    ]
