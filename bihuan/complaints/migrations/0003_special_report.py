"""Special reports and their words; a door that speaks for a customer sees none of them."""

from django.db import migrations, models

TABLES = ("complaints_specialreport", "complaints_reporttext")
NOBODY_NAMED = "NULLIF(current_setting('bihuan.person', true), '') IS NULL"
FORWARD = "\n".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
    f"CREATE POLICY {table}_house ON {table} USING ({NOBODY_NAMED});"
    for table in TABLES
)
BACKWARD = "\n".join(
    f"DROP POLICY {table}_house ON {table};\nALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in TABLES
)


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0002_sub_tasks'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportText',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('report_id', models.BigIntegerField()),
                ('version', models.IntegerField()),
                ('kind', models.CharField(max_length=8)),
                ('author_id', models.BigIntegerField()),
                ('text', models.TextField()),
                ('salt', models.BinaryField(max_length=16)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['report', 'remarks'])), name='report_text_kind_known'), models.UniqueConstraint(fields=('report_id', 'version'), name='one_text_per_report_version')],
            },
        ),
        migrations.CreateModel(
            name='SpecialReport',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('case_id', models.BigIntegerField()),
                ('state', models.CharField(default='due', max_length=12)),
                ('version', models.IntegerField(default=0)),
                ('author_id', models.BigIntegerField(default=0)),
                ('department', models.CharField(max_length=30)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('late_at', models.DateTimeField(null=True)),
                ('text_id', models.BigIntegerField(default=0)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('remarks_id', models.BigIntegerField(default=0)),
                ('reviewer_id', models.BigIntegerField(default=0)),
                ('signed_by', models.BigIntegerField(default=0)),
                ('signed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('lapsed_at', models.DateTimeField(null=True)),
                ('paper', models.JSONField(null=True)),
                ('blob', models.CharField(blank=True, max_length=80)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.IntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['case_id'], name='special_report_by_case'), models.Index(condition=models.Q(('state__in', ('due', 'drafted', 'in_review'))), fields=['due_at', 'id'], name='special_report_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('due', 'drafted', 'in_review', 'signed', 'sent', 'lapsed'))), name='special_report_state_known'), models.UniqueConstraint(condition=models.Q(('state', 'lapsed'), _negated=True), fields=('case_id',), name='one_special_report_per_case'), models.CheckConstraint(condition=models.Q(('signed_by', 0), models.Q(('signed_by', models.F('author_id')), _negated=True), _connector='OR'), name='special_report_not_signed_by_its_author'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('signed', 'sent')), _negated=True), models.Q(('reviewer_id__gt', 0), ('signed_at__isnull', False), ('signed_by__gt', 0), ('text_id__gt', 0), models.Q(('blob', ''), _negated=True), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='special_report_signed_with_words_and_paper')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
