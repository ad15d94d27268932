"""The log, its outbox, and who has heard it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='DaySeal',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('root', models.BinaryField(max_length=32)),
                ('streams', models.IntegerField()),
                ('sealed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Heard',
            fields=[
                ('pk', models.CompositePrimaryKey('subscriber', 'stream', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('subscriber', models.CharField(max_length=60)),
                ('stream', models.BigIntegerField()),
                ('seq', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Live',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('stream', models.BigIntegerField()),
                ('seq', models.IntegerField()),
                ('kind', models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('pk', models.CompositePrimaryKey('stream', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('stream', models.BigIntegerField()),
                ('seq', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='DeadLetter',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subscriber', models.CharField(max_length=60)),
                ('stream', models.BigIntegerField()),
                ('seq', models.IntegerField()),
                ('parked', models.BooleanField(default=False)),
                ('error', models.TextField(blank=True)),
                ('tries', models.IntegerField(default=1)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'stream', 'seq'), name='one_dead_letter_per_event')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('pk', models.CompositePrimaryKey('stream', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('stream', models.BigIntegerField()),
                ('seq', models.IntegerField()),
                ('kind', models.CharField(max_length=60)),
                ('at', models.DateTimeField()),
                ('actor_id', models.BigIntegerField()),
                ('actor_role', models.CharField(max_length=20)),
                ('clause', models.CharField(blank=True, max_length=20)),
                ('data', models.JSONField(default=dict)),
                ('previous', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='event_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='event_seq_from_one')],
            },
        ),
    ]
