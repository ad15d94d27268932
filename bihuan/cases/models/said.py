"""What was said and shown on a case: words, numbers taken out of them, files, drafts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

#: The kind of entry that holds a whole conversation, of which nobody is the one who spoke last.
TRANSCRIPT = "transcript"


class Entry(models.Model):
    """Something said on a case. Numbers of persons inside are sealed (⟦mask|id⟧)."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    voice = models.CharField(max_length=10)
    internal = models.BooleanField(default=False)
    author_id = models.BigIntegerField()
    author_name = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    salt = models.BinaryField(max_length=16)
    channel = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entry_voice_known",
                condition=Q(voice__in=["user", "merchant", "agent", "system"]),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case_id", "id"], name="entry_by_case")]


class Sealed(models.Model):
    """A phone, card, ID number or mail address taken out of a text; shown only with a reason."""

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    value = models.BinaryField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case_id"], name="sealed_by_case")]


class File(models.Model):
    """Evidence: stored under a random name, re-encoded when it is an image, hashed in the log.

    `original` is that image as it came, for those who must see its place and time.
    """

    id = models.BigIntegerField(primary_key=True)
    case_id = models.BigIntegerField(default=0)
    draft_id = models.BigIntegerField(default=0)
    person_id = models.BigIntegerField(default=0)
    token = models.CharField(max_length=43, unique=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    blob = models.CharField(max_length=80)
    thumb = models.CharField(max_length=80, blank=True)
    original = models.CharField(max_length=80, blank=True)
    original_sha256 = models.CharField(max_length=64, blank=True)
    internal = models.BooleanField(default=False)
    author_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case_id"], name="file_by_case"),
            models.Index(fields=["draft_id"], name="file_by_draft", condition=Q(draft_id__gt=0)),
        ]


class Coming(models.Model):
    """A file that comes in parts, for a draft or a case; `part` names its bytes (store.coming).

    `received` of `length` bytes are there for sure. Once whole, `file` is the token of the File it
    became, and there is no `part`.
    """

    id = models.BigIntegerField(primary_key=True)
    token = models.CharField(max_length=43, unique=True)
    draft_id = models.BigIntegerField(default=0)
    case_id = models.BigIntegerField(default=0)
    author_id = models.BigIntegerField()
    name = models.CharField(max_length=120)
    part = models.CharField(max_length=32, blank=True)
    length = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    file = models.CharField(max_length=43, blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="coming_within_its_length",
                condition=Q(received__gte=0, received__lte=models.F("length")),
            ),
            models.CheckConstraint(
                name="coming_for_one_thing",
                condition=Q(draft_id=0, case_id__gt=0) | Q(draft_id__gt=0, case_id=0),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["author_id"], name="coming_by_author", condition=~Q(part="")),
            models.Index(fields=["draft_id"], name="coming_by_draft", condition=~Q(part="")),
            models.Index(fields=["expires_at"], name="coming_by_end"),
        ]


class Draft(models.Model):
    """A form half filled in, kept by the server from the first step; its words are sealed."""

    id = models.BigIntegerField(primary_key=True)
    token = models.CharField(max_length=43, unique=True)
    person_id = models.BigIntegerField(default=0)
    form = models.CharField(max_length=20)
    sealed = models.BinaryField()
    step = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField()
    case_id = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person_id", "-updated_at"], name="draft_by_person")
        ]
