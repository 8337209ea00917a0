from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chain_what_is_there")]

    operations = [
        migrations.AlterField(
            "event",
            "sequence",
            models.PositiveBigIntegerField(help_text="Place in the chain: 1, 2, … without gaps."),
        ),
        migrations.AddConstraint(
            "event",
            models.UniqueConstraint(fields=("chain", "sequence"), name="one_event_a_place"),
        ),
    ]
