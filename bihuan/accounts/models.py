"""People and the keys to their data, staff, departments, merchants, codes and tokens."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from bihuan.accounts.case_link import CaseLink as CaseLink
from bihuan.accounts.identity import IdentityCheck as IdentityCheck

ROLES = [
    "agent",
    "specialist",
    "supervisor",
    "legal",
    "compliance",
    "privacy_officer",
    "mediator",
    "assessor",
    "committee",
    "administrator",
]
ABSENCES = ["leave", "sick", "business", "training", "other"]


class Person(models.Model):
    """Somebody who asks or complains. Every personal field is a sealed value (store.secrets).

    The `*_index` columns are blind indexes: keyed hashes that find equality and tell nothing else.
    `wechat` is the openid of our WeChat account; without its index it only serves to send.
    """

    id = models.BigIntegerField(primary_key=True)
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    email = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    account = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True, max_length=16)
    email_index = models.BinaryField(null=True, max_length=16)
    account_index = models.BinaryField(null=True, max_length=16)
    wechat = models.BinaryField(null=True)
    wechat_index = models.BinaryField(null=True, max_length=16)
    identity_level = models.CharField(max_length=10, default="none")
    locale = models.CharField(max_length=10, default="zh-hans")
    tell_by = models.CharField(max_length=10, default="inbox")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)
    email_failed_at = models.DateTimeField(null=True)
    wechat_left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["phone_index"],
                name="one_person_per_phone",
                condition=Q(phone_index__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["email_index"],
                name="one_person_per_email",
                condition=Q(email_index__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["account_index"],
                name="one_person_per_account",
                condition=Q(account_index__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["wechat_index"],
                name="one_person_per_openid",
                condition=Q(wechat_index__isnull=False),
            ),
            models.CheckConstraint(
                name="identity_level_known",
                condition=Q(identity_level__in=["none", "contact", "declared", "verified"]),
            ),
        ]


class PersonKey(models.Model):
    """The key that seals one person's fields, itself wrapped; destroying it erases them all."""

    person_id = models.BigIntegerField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    key_encryption_key = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="key_is_there_until_destroyed",
                condition=Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | Q(wrapped__isnull=True, destroyed_at__isnull=False),
            ),
        ]


class Department(models.Model):
    """A unit of clause 2.2.2; `unit` is the policy's department it stands for."""

    code = models.CharField(max_length=30, primary_key=True)
    unit = models.CharField(max_length=30)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)


class Staff(models.Model):
    """Somebody who works cases."""

    id = models.BigIntegerField(primary_key=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff")
    name = models.CharField(max_length=60)
    department = models.CharField(max_length=30)
    roles = ArrayField(models.CharField(max_length=20))
    on_duty = models.BooleanField(default=True)
    capacity = models.IntegerField(default=16)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="staff_has_known_roles",
                condition=Q(roles__contained_by=ROLES) & Q(roles__len__gte=1),
            ),
        ]


class StaffKeys(models.Model):
    """Which keys somebody presses at the desk: old key to new, and whether letters do anything."""

    staff_id = models.BigIntegerField(primary_key=True)
    off = models.BooleanField(default=False)
    keys = models.JSONField(default=dict)


class Merchant(models.Model):
    """A shop on the platform (平台内经营者)."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=120)
    contact_person_id = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()


class OneTimeCode(models.Model):
    """A short code sent to a contact: hashed, expiring, few tries, one use.

    `asked_by` is the digest of what marks the browser that asked; `tries` are its own.
    """

    id = models.BigIntegerField(primary_key=True)
    purpose = models.CharField(max_length=20)
    contact_index = models.BinaryField(max_length=16)
    person_id = models.BigIntegerField(default=0)
    case_id = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    asked_by = models.BinaryField(max_length=32, default=b"")
    tries_elsewhere = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["contact_index", "-created_at"], name="code_by_contact")
        ]


class Token(models.Model):
    """A bearer token of the API; only its hash is kept."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    staff_id = models.BigIntegerField()
    scopes = ArrayField(models.CharField(max_length=30))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Reveal(models.Model):
    """Somebody asked to see a masked value, and why (3.3, UI rule 15)."""

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    case_id = models.BigIntegerField(default=0)
    field = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()


class Shift(models.Model):
    """When somebody works, week after week: minutes of a Shanghai day.

    `weekday` 1 is Monday. One that ends before it starts goes on into the next day; whoever has
    no shift at all is on duty whenever present.
    """

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    weekday = models.SmallIntegerField()
    starts = models.SmallIntegerField()
    ends = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff_id", "weekday", "starts"], name="one_shift_starts_at_a_time"
            ),
            models.CheckConstraint(
                name="shift_within_a_week",
                condition=Q(weekday__range=(1, 7), starts__range=(0, 1439), ends__range=(1, 1440))
                & ~Q(starts=models.F("ends")),
            ),
        ]


class Absence(models.Model):
    """Whole Shanghai days on which somebody is away, both ends included; ended early or not."""

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    reason = models.CharField(max_length=12)
    noted_by = models.BigIntegerField()
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts", condition=Q(last_on__gte=models.F("first_on"))
            ),
            models.CheckConstraint(name="absence_reason_known", condition=Q(reason__in=ABSENCES)),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["staff_id", "last_on"],
                name="absence_running",
                condition=Q(ended_at__isnull=True),
            )
        ]


class Qualification(models.Model):
    """What somebody may do (a qualification, 1.3) or is good at (a skill); no end: for good."""

    id = models.BigIntegerField(primary_key=True)
    staff_id = models.BigIntegerField()
    kind = models.CharField(max_length=14)
    name = models.CharField(max_length=40)
    valid_until = models.DateField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff_id", "kind", "name"],
                name="one_qualification_of_a_name",
                condition=Q(dropped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="qualification_kind_known",
                condition=Q(kind__in=["qualification", "skill"]),
            ),
        ]


class Demand(models.Model):
    """A qualification without which nobody is given cases of a department (1.3)."""

    pk = models.CompositePrimaryKey("department", "name")
    department = models.CharField(max_length=30)
    name = models.CharField(max_length=40)
