"""Incidents. A door that speaks for a customer sees which incident his case is in, and its note."""

from django.db import migrations, models

PERSON = "NULLIF(current_setting('bihuan.person', true), '')"
NOBODY_NAMED = f"({PERSON} IS NULL)"
#: cases_case has the wall of its own: of other people's cases there are no rows to be found
OF_OWN_CASE = f"({PERSON} IS NULL OR EXISTS (SELECT 1 FROM cases_case c WHERE c.id = case_id))"
TABLES = {
    "complaints_incident": NOBODY_NAMED,
    "complaints_incidentcase": OF_OWN_CASE,
    "complaints_incidentmessage": NOBODY_NAMED,
    "complaints_incidenttold": NOBODY_NAMED,
}
FORWARD = "\n".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
    f"CREATE POLICY {table}_house ON {table} USING {rule};"
    for table, rule in TABLES.items()
)
BACKWARD = "\n".join(
    f"DROP POLICY {table}_house ON {table};\nALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in TABLES
)


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0008_inquiries'),
    ]

    operations = [
        migrations.CreateModel(
            name='IncidentNote',
            fields=[
                ('incident_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('text', models.CharField(max_length=300)),
                ('mended_at', models.DateTimeField(null=True)),
                ('written_by', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=120)),
                ('what', models.TextField()),
                ('cause', models.CharField(blank=True, max_length=500)),
                ('department', models.CharField(max_length=30)),
                ('lead_id', models.BigIntegerField()),
                ('state', models.CharField(default='open', max_length=8)),
                ('version', models.IntegerField(default=1)),
                ('mark', models.CharField(max_length=40)),
                ('opened_by', models.BigIntegerField()),
                ('opened_at', models.DateTimeField()),
                ('started_at', models.DateTimeField()),
                ('found_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['state', '-opened_at'], name='incident_by_state')],
                'constraints': [models.UniqueConstraint(fields=('number',), name='one_incident_per_number'), models.UniqueConstraint(fields=('opened_by', 'mark'), name='one_incident_per_form'), models.CheckConstraint(condition=models.Q(('state__in', ('open', 'mended', 'closed'))), name='incident_state_known'), models.CheckConstraint(condition=models.Q(('found_at__gte', models.F('started_at'))), name='incident_found_after_it_began'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='incident_ended_after_it_began'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'mended'), _negated=True), ('ended_at__isnull', False), _connector='OR'), name='incident_mended_when_it_ended'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='incident_closed_iff_closed_at')],
            },
        ),
        migrations.CreateModel(
            name='IncidentCase',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('incident_id', models.BigIntegerField()),
                ('case_id', models.BigIntegerField()),
                ('number', models.CharField(max_length=20)),
                ('added_by', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('removed_by', models.BigIntegerField(default=0)),
                ('removed_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('over', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['incident_id', 'case_id'], name='incident_case_of_incident')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('over', False), ('removed_at__isnull', True)), fields=('case_id',), name='one_open_incident_per_case'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('removed_at__isnull', True), ('removed_by', 0)), models.Q(('removed_at__isnull', False), ('removed_by__gt', 0), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='incident_case_removed_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='IncidentMessage',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('incident_id', models.BigIntegerField()),
                ('action', models.CharField(max_length=10)),
                ('sealed', models.BinaryField()),
                ('mark', models.CharField(max_length=40)),
                ('by_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('incident_id', 'mark'), name='one_incident_message_per_form'), models.CheckConstraint(condition=models.Q(('action__in', ('answer', 'tell', 'repair'))), name='incident_message_is_a_step')],
            },
        ),
        migrations.CreateModel(
            name='IncidentTold',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('message_id', models.BigIntegerField()),
                ('case_id', models.BigIntegerField()),
                ('number', models.CharField(max_length=20)),
                ('run_id', models.BigIntegerField()),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('why', models.CharField(blank=True, max_length=30)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['run_id'], name='incident_told_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'done', 'refused', 'taken_back'))), name='incident_told_state_known'), models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'done'))), fields=('message_id', 'case_id'), name='one_incident_message_reaches_a_case_once')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
