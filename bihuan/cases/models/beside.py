"""What stands beside a case: canned replies, tags, named readers, who looks, what sleeps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from bihuan.cases.models.case import PRIORITIES

#: The steps whose words a canned reply may fill, and who may use it.
COMPOSERS = ["answer", "propose", "tell", "note"]
SCOPES = ["own", "department", "everybody"]


class Macro(models.Model):
    """常用语：words with variables, and what is done together with the step they are said in."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=60)
    shortcut = models.CharField(max_length=20, blank=True)
    composer = models.CharField(max_length=10)
    body = models.TextField()
    priority = models.CharField(max_length=12, blank=True)
    tag = models.CharField(max_length=20, blank=True)
    assign_to = models.CharField(max_length=30, blank=True)
    scope = models.CharField(max_length=12)
    owner_id = models.BigIntegerField()
    department = models.CharField(max_length=30, blank=True)
    version = models.IntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="macro_composer_known", condition=Q(composer__in=COMPOSERS)
            ),
            models.CheckConstraint(name="macro_scope_known", condition=Q(scope__in=SCOPES)),
            models.CheckConstraint(
                name="macro_priority_known", condition=Q(priority__in=["", *PRIORITIES])
            ),
            models.CheckConstraint(
                name="macro_of_a_department_names_it",
                condition=~Q(scope="department") | ~Q(department=""),
            ),
        ]


class Tag(models.Model):
    """标签：a word the staff sort by; events name it by its id."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], name="one_tag_per_name")]


class CaseTag(models.Model):
    """A case has this tag."""

    pk = models.CompositePrimaryKey("case_id", "tag_id")
    case_id = models.BigIntegerField()
    tag_id = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tag_id", "case_id"], name="case_by_tag")]


class CaseReader(models.Model):
    """A named colleague who may read a case that is closed to the others."""

    pk = models.CompositePrimaryKey("case_id", "staff_id")
    case_id = models.BigIntegerField()
    staff_id = models.BigIntegerField()
    added_by = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff_id", "case_id"], name="case_by_reader")]


class Presence(models.Model):
    """Somebody has the case open, and may be writing. The table is unlogged: a crash forgets it."""

    pk = models.CompositePrimaryKey("case_id", "staff_id")
    case_id = models.BigIntegerField()
    staff_id = models.BigIntegerField()
    writing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()


class Snooze(models.Model):
    """Out of somebody's own inbox until then, or until the case is at another version."""

    pk = models.CompositePrimaryKey("staff_id", "case_id")
    staff_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    until = models.DateTimeField()
    version = models.IntegerField()
