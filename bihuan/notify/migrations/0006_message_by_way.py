"""Messages of one way are found without reading those of every other."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notify', '0005_arrivals'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('person_id__gt', 0), models.Q(('channel', 'inbox'), _negated=True)), fields=['channel', '-id'], name='message_by_way'),
        ),
    ]
