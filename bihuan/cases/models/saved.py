"""Lists that somebody keeps under a name, for themselves or for others."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

SHARED = ["", "department", "everybody"]


class SavedView(models.Model):
    """A name for what a list is narrowed to; `query` has the fields of the inbox's address.

    Shared with nobody (""), with the people of `department`, or with everybody on the staff.
    """

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    name = models.CharField(max_length=30)
    query = models.JSONField()
    shared = models.CharField(max_length=12, blank=True)
    department = models.CharField(max_length=30, blank=True)
    place = models.IntegerField(default=0)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff_id", "name"], name="one_view_of_a_name_and_person"
            ),
            models.CheckConstraint(name="view_shared_known", condition=Q(shared__in=SHARED)),
            models.CheckConstraint(
                name="view_of_a_department_names_it",
                condition=Q(shared="department", department__gt="")
                | (~Q(shared="department") & Q(department="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shared"], name="view_shared", condition=~Q(shared="")),
        ]


class StartView(models.Model):
    """The view somebody's inbox opens with, where it is not the usual one."""

    staff_id = models.BigIntegerField(primary_key=True)
    view_id = models.BigIntegerField()
