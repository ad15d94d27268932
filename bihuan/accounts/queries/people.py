"""Persons: what may be shown of them, and contacts in clear only for sending."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from bihuan.accounts.models import Person
from bihuan.accounts.rules import reached_by
from bihuan.core.actors import Actor
from bihuan.core.personal import mask_email, mask_name, mask_phone
from bihuan.core.refusals import Invalid
from bihuan.store import secrets, statements

_TABLE = "accounts_person"
_ON_CHANNEL = {
    "email": "email", "sms": "phone", "phone": "phone", "wechat": "wechat", "push": "account",
}  # fmt: skip
#: what somebody may choose to be told by: every way that has a contact, but a call is no notice
TOLD_BY = ("inbox", *(way for way in _ON_CHANNEL if way != "phone"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as others see them: masked (3.3), empty when not given or erased."""

    id: int
    name: str = ""
    phone: str = ""
    email: str = ""
    tell_by: str = "inbox"
    locale: str = "zh-hans"
    proved: bool = False
    erased: bool = False
    mail_fails: bool = False  # what was sent to the address came back
    ways: tuple[str, ...] = ()  # the channels that have a contact which takes what is sent there
    wechat: bool = False  # is found by an openid, which nobody is shown


def shown(person_ids: Iterable[int], by: Actor) -> dict[int, Shown]:
    """Each of these persons, masked, whoever asks; two queries for any number.

    An unknown id and an erased person look the same.
    """
    asked = set(person_ids)
    rows = statements.among(Person, "id", asked)
    secrets.load(row.id for row in rows)
    found = {row.id: _shown(row) for row in rows}
    return {id: found.get(id) or Shown(id, erased=True) for id in asked}


def _shown(row: Person) -> Shown:
    if row.erased_at:
        return Shown(row.id, erased=True)
    name, phone, email = (_clear(row, field) for field in ("name", "phone", "email"))
    return Shown(
        id=row.id,
        name=mask_name(name) if name else "",
        phone=mask_phone(phone) if phone else "",
        email=mask_email(email) if email else "",
        tell_by=row.tell_by,
        locale=row.locale,
        proved=row.identity_level != "none",
        mail_fails=row.email_failed_at is not None,
        ways=tuple(way for way in TOLD_BY[1:] if _reaches(row, way)),
        wechat=row.wechat_index is not None,
    )


def _reaches(row: Person, way: str) -> bool:
    field = _ON_CHANNEL[way]
    gone = {"email": row.email_failed_at, "wechat": row.wechat_left_at}.get(field)
    return getattr(row, field) is not None and gone is None


def in_clear(person_ids: Iterable[int]) -> dict[int, Shown]:
    """As `shown` but not masked: for an export whose reason was asked for and kept (3.3)."""
    asked = set(person_ids)
    rows = statements.among(Person, "id", asked)
    secrets.load(row.id for row in rows)
    found = {row.id: _in_clear(row) for row in rows if not row.erased_at}
    return {id: found.get(id) or Shown(id, erased=True) for id in asked}


def _in_clear(row: Person) -> Shown:
    name, phone, email = (_clear(row, field) or "" for field in ("name", "phone", "email"))
    return Shown(row.id, name=name, phone=phone, email=email)


def contact(person_id: int, channel: str) -> str | None:
    """Where a message on this channel goes, in clear: for sending, never for showing.

    None when the person has no such contact, letters to it came back, they left our WeChat
    account, or nobody is known.
    """
    return contacts([person_id], channel).get(person_id)


def contacts(person_ids: Iterable[int], channel: str) -> dict[int, str]:
    """The same for many persons in one query; those without such a contact are missing."""
    field = _ON_CHANNEL.get(channel)
    asked = set(person_ids)
    if not field or not asked:
        return {}
    found = Person.objects.filter(id__in=asked, erased_at=None)
    rows = [row for row in found if _reaches(row, channel)]
    secrets.load(row.id for row in rows)
    return {row.id: value for row in rows if (value := _clear(row, field))}


def mail_of(person_id: int) -> str | None:
    """The mail address of somebody in clear, also one that letters came back from: to compare."""
    row = Person.objects.filter(id=person_id, erased_at=None).first()
    return _clear(row, "email") if row else None


def unreachable(person_ids: Iterable[int]) -> set[int]:
    """Those of them who left neither account nor contact, so that no door opens to them."""
    none = Person.objects.filter(
        id__in=set(person_ids), account=None, phone=None, email=None, wechat=None
    )
    return set(none.values_list("id", flat=True))


def ways_to(person_id: int) -> list[str]:
    """The phone and the mail address of somebody, the surest first: proved, then given; phone."""
    row = Person.objects.filter(id=person_id, erased_at=None).first()
    if row is None:
        return []
    known = sorted(("phone", "email"), key=lambda field: getattr(row, f"{field}_index") is None)
    return [value for field in known if (value := _clear(row, field))]


def _clear(row: Person, field: str) -> str | None:
    return secrets.open_(row.id, _TABLE, field, row.id, getattr(row, field))


def is_person(person_id: int) -> bool:
    """Whether there is such a person, not erased."""
    return Person.objects.filter(id=person_id, erased_at=None).exists()


def known_by(text: str) -> int:
    """Whose phone, mail address or account this is, by blind index; 0 when it is nobody's."""
    plain = text.strip()[:254]
    wanted = {"account": plain} if plain else {}
    try:
        field, value = reached_by(plain)
        wanted[field] = value
    except Invalid:
        pass  # then it may be an account
    whose = Q(pk__in=())
    for field, value in wanted.items():
        whose |= Q(**{f"{field}_index": secrets.blind(_TABLE, field, value)})
    found = Person.objects.filter(whose, erased_at=None).order_by("id")
    return found.values_list("id", flat=True).first() or 0


def known_by_phone(number: str) -> int:
    """Whose phone this is, by blind index, and not whose account; 0 when it is nobody's."""
    index = secrets.blind(_TABLE, "phone", number)
    found = Person.objects.filter(phone_index=index, erased_at=None).order_by("id")
    return found.values_list("id", flat=True).first() or 0


def by_openid(openid: str) -> int:
    """Who writes by WeChat under this openid, by blind index; 0 when it is nobody's."""
    index = secrets.blind(_TABLE, "wechat", openid)
    found = Person.objects.filter(wechat_index=index, erased_at=None)
    return found.values_list("id", flat=True).first() or 0


def openid_of(person_id: int) -> str:
    """The openid somebody is found by, also when they left our account; "" for none."""
    row = Person.objects.filter(id=person_id, erased_at=None, wechat_index__isnull=False).first()
    return (_clear(row, "wechat") or "") if row else ""
