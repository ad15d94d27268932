"""Canned replies, tags, named readers, who looks at a case, and what sleeps; no statement of filing."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0012_bulk_and_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('pk', models.CompositePrimaryKey('case_id', 'staff_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('staff_id', models.BigIntegerField()),
                ('writing', models.BooleanField(default=False)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('pk', models.CompositePrimaryKey('staff_id', 'case_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('staff_id', models.BigIntegerField()),
                ('case_id', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('version', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='CaseReader',
            fields=[
                ('pk', models.CompositePrimaryKey('case_id', 'staff_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('staff_id', models.BigIntegerField()),
                ('added_by', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['staff_id', 'case_id'], name='case_by_reader')],
            },
        ),
        migrations.CreateModel(
            name='CaseTag',
            fields=[
                ('pk', models.CompositePrimaryKey('case_id', 'tag_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('tag_id', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['tag_id', 'case_id'], name='case_by_tag')],
            },
        ),
        migrations.CreateModel(
            name='Macro',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('shortcut', models.CharField(blank=True, max_length=20)),
                ('composer', models.CharField(max_length=10)),
                ('body', models.TextField()),
                ('priority', models.CharField(blank=True, max_length=12)),
                ('tag', models.CharField(blank=True, max_length=20)),
                ('assign_to', models.CharField(blank=True, max_length=30)),
                ('scope', models.CharField(max_length=12)),
                ('owner_id', models.BigIntegerField()),
                ('department', models.CharField(blank=True, max_length=30)),
                ('version', models.IntegerField(default=1)),
                ('updated_at', models.DateTimeField()),
                ('updated_by', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('composer__in', ['answer', 'propose', 'tell', 'note'])), name='macro_composer_known'), models.CheckConstraint(condition=models.Q(('scope__in', ['own', 'department', 'everybody'])), name='macro_scope_known'), models.CheckConstraint(condition=models.Q(('priority__in', ['', 'urgent', 'important', 'general'])), name='macro_priority_known'), models.CheckConstraint(condition=models.Q(models.Q(('scope', 'department'), _negated=True), models.Q(('department', ''), _negated=True), _connector='OR'), name='macro_of_a_department_names_it')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=20)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name',), name='one_tag_per_name')],
            },
        ),
        # who is looking is known again within seconds: no disk, no replica waits for it
        migrations.RunSQL(
            "ALTER TABLE cases_presence SET UNLOGGED", "ALTER TABLE cases_presence SET LOGGED"
        ),
    ]
