"""Identity checks (1.2 ①), and the wall that lets a customer's door see only that person's own."""

from django.db import migrations, models

OWN = (
    "(NULLIF(current_setting('bihuan.person', true), '') IS NULL "
    "OR person_id = NULLIF(current_setting('bihuan.person', true), '')::bigint)"
)
FORWARD = f"""
ALTER TABLE accounts_identitycheck ENABLE ROW LEVEL SECURITY;
CREATE POLICY accounts_identitycheck_own ON accounts_identitycheck
    USING {OWN} WITH CHECK {OWN};
"""
BACKWARD = """
DROP POLICY accounts_identitycheck_own ON accounts_identitycheck;
ALTER TABLE accounts_identitycheck DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_team'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityCheck',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('person_id', models.BigIntegerField()),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('document', models.CharField(max_length=10)),
                ('name', models.BinaryField(null=True)),
                ('number', models.BinaryField(null=True)),
                ('shown', models.BinaryField(null=True)),
                ('number_index', models.BinaryField(max_length=16, null=True)),
                ('purpose', models.CharField(blank=True, max_length=40)),
                ('basis', models.CharField(max_length=12)),
                ('declared_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.BigIntegerField(default=0)),
                ('way', models.CharField(blank=True, max_length=10)),
                ('reason', models.CharField(blank=True, max_length=12)),
                ('valid_until', models.DateField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='person',
            name='identity_level_known',
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('identity_level__in', ['none', 'contact', 'declared', 'verified'])), name='identity_level_known'),
        ),
        migrations.AddIndex(
            model_name='identitycheck',
            index=models.Index(fields=['person_id', '-id'], name='identity_by_person'),
        ),
        migrations.AddIndex(
            model_name='identitycheck',
            index=models.Index(condition=models.Q(('number_index__isnull', False)), fields=['number_index'], name='identity_by_number'),
        ),
        migrations.AddIndex(
            model_name='identitycheck',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='identity_waiting'),
        ),
        migrations.AddIndex(
            model_name='identitycheck',
            index=models.Index(condition=models.Q(('state', 'verified')), fields=['valid_until'], name='identity_lapses'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'verified'])), fields=('person_id',), name='one_identity_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'verified')), fields=('number_index',), name='one_person_per_verified_document'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'verified', 'refused', 'withdrawn', 'lapsed'])), name='identity_state_known'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(('basis__in', ['consent', 'contract', 'legal_duty'])), name='identity_basis_known'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('number__isnull', False), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False), ('number__isnull', True)), _connector='OR'), name='identity_decided_iff_not_waiting'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name__isnull', False), ('number_index__isnull', False), ('state__in', ['waiting', 'verified'])), models.Q(models.Q(('state__in', ['waiting', 'verified']), _negated=True), ('name__isnull', True), ('number_index__isnull', True), ('shown__isnull', True)), _connector='OR'), name='identity_data_only_while_used'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), models.Q(('decided_by__gt', 0), ('valid_until__isnull', False), ('way__in', ['papers', 'counter', 'authority'])), _connector='OR'), name='identity_verified_with_way_and_end'),
        ),
        migrations.AddConstraint(
            model_name='identitycheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('decided_by__gt', 0), ('reason__in', ['mismatch', 'unreadable', 'expired', 'taken', 'not_own'])), _connector='OR'), name='identity_refused_with_reason'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
