"""A measure that stays undone is reported upwards, step by step."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0021_files_in_parts'),
    ]

    operations = [
        migrations.AddField(
            model_name='followup',
            name='rung',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='followup',
            index=models.Index(condition=models.Q(('chased_at__isnull', False), ('done_at__isnull', True)), fields=['rung', 'due_on'], name='follow_up_climbing'),
        ),
    ]
