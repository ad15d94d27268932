"""A link in a text message that opens one case: random, short-lived, for who has that phone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CaseLink(models.Model):
    """Only hashes: of the link's token, and of the number it was sent to.

    It is good until `expires_at`, as long as the person can still be reached at that number.
    """

    digest = models.BinaryField(primary_key=True, max_length=32)
    person_id = models.BigIntegerField()
    case_id = models.BigIntegerField()
    contact = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="caselink_lapses")]
