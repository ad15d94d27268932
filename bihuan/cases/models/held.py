"""A step that waits a few seconds before it is taken, so that it can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Held(models.Model):
    """What somebody told the house to do, kept by the server until it is done (UI rule 9).

    `came_back` is why it was not done: `taken_back`, or the code of a refusal; its words wait
    for their writer then. They are sealed: they may name people.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=20)
    staff_id = models.BigIntegerField()
    action = models.CharField(max_length=20)
    sealed = models.BinaryField()
    due_at = models.DateTimeField()
    came_back = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case_id", "staff_id", "action"], name="one_held_step_of_a_kind_and_person"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="held_due", condition=Q(came_back="")),
            models.Index(fields=["staff_id"], name="held_by_staff"),
        ]
