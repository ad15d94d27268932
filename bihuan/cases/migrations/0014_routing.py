"""The owner's routing rules by version, and the alarms of the watched queue (2.2.2)."""

from django.db import migrations, models
from django.db.models import Q

FORWARD = """
CREATE FUNCTION routing_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published routing version is never changed (2.2.2)'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER routing_version_stays BEFORE UPDATE OR DELETE ON cases_routingversion
    FOR EACH ROW WHEN (OLD.number > 0) EXECUTE FUNCTION routing_stays();
"""
BACKWARD = """
DROP TRIGGER routing_version_stays ON cases_routingversion;
DROP FUNCTION routing_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_beside_the_case")]
    operations = [
        migrations.CreateModel(
            name="RoutingVersion",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("number", models.IntegerField(default=0)),
                ("rules", models.JSONField(default=list)),
                ("sha256", models.CharField(max_length=64)),
                ("edits", models.IntegerField(default=0)),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("restores", models.IntegerField(default=0)),
                ("published_at", models.DateTimeField(null=True)),
                ("published_by", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["number"], name="one_draft_and_one_of_each_number"
                    ),
                    models.CheckConstraint(
                        name="routing_published_iff_numbered",
                        condition=Q(number=0, published_at__isnull=True)
                        | Q(number__gt=0, published_at__isnull=False),
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="QueueAlarm",
            fields=[
                ("case_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
