"""Sums of what came in and what was told; what a house has already is counted by its worker."""

from django.db import migrations, models

MARK_ALL = """
INSERT INTO complaints_unreckoned (case_id) SELECT id FROM cases_case ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0009_incidents'),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrived',
            fields=[
                ('pk', models.CompositePrimaryKey('hour', 'category', blank=True, editable=False, primary_key=True, serialize=False)),
                ('hour', models.DateTimeField()),
                ('category', models.CharField(max_length=30)),
                ('n', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Counted',
            fields=[
                ('case_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('received_at', models.DateTimeField()),
                ('staff_id', models.BigIntegerField()),
                ('category', models.CharField(max_length=30)),
                ('suggested', models.CharField(max_length=12)),
                ('given', models.CharField(max_length=12)),
                ('told_at', models.DateTimeField(null=True)),
                ('took', models.DurationField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['received_at'], include=('staff_id', 'suggested', 'given'), name='counted_by_receipt')],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('n', models.IntegerField()),
                ('took', models.DurationField()),
            ],
        ),
        migrations.DeleteModel(
            name='Graded',
        ),
        migrations.RunSQL(MARK_ALL, MARK_ALL),
    ]
