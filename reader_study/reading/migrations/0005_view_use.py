"""A record of what raters do to the images: the tree over the DSA, the head's pose, the mask."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reading', '0004_times_may_be_given'),
    ]

    operations = [
        migrations.CreateModel(
            name='ViewUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField()),
                ('kind', models.CharField(choices=[('tree-over-dsa', 'Predicted tree over the DSA'), ('head-pose', 'Head turned against its recorded position'), ('mask', 'Mask of a run changed')], max_length=13)),
                ('detail', models.JSONField()),
                ('at', models.DateTimeField()),
                ('reading', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='view_uses', to='reading.reading')),
            ],
            options={
                'ordering': ['reading', 'at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('reading', 'key'), name='view_use_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['tree-over-dsa', 'head-pose', 'mask'])), name='view_use_of_known_kind')],
            },
        ),
    ]
