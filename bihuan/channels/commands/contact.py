"""联系方式: what the house makes known of the telephone, the WeChat account and the app (1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.channels import queries, rules
from bihuan.channels.models import Published
from bihuan.core import inputs, opening
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events import log
from bihuan.store import statements
from bihuan.store.blocks import new_id

CLAUSE = "1.3"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('channels.contact'))"


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """A number, an account or a place in the app; `link` is behind the QR code of an account.

    `hours`: weekday to 09:00-12:00，…; empty is not configured.
    """

    address: str = ""
    link: str = ""
    hours: Mapping[int, str] = field(default_factory=dict)


@transaction.atomic
def set_contact(*, channel: str, given: ContactGiven, by: Actor, at: datetime) -> Published:
    """设联系方式：a next version stands; the same again changes nothing. Invalid names fields."""
    queries.administrators_only(by, "set_contact")
    inputs.one_of(channel, list(rules.PUBLISHED), field="channel")
    statements.run(_LOCK)
    values, before = _cleaned(channel, given), queries.published().get(channel)
    changed = [
        name for name, value in values.items()
        if value != (getattr(before, name) if before else type(value)())
    ]  # fmt: skip
    if before and not changed:
        return before
    row = Published.objects.create(
        id=new_id(at), channel=channel, by_id=by.id, made_at=at, **values
    )
    log.append(
        "channel.contact_set", stream=row.id, by=by, at=at, clause=CLAUSE, channel=channel,
        fields=changed,
    )  # fmt: skip
    return row


@transaction.atomic
def take_back_contact(*, channel: str, by: Actor, at: datetime) -> Published:
    """收回更改：the version before stands again. NotPossible where there is none to take back."""
    queries.administrators_only(by, "take_back_contact")
    statements.run(_LOCK)
    row = queries.published().get(channel)
    if row is None:
        raise NotPossible(CLAUSE, state="contact_not_set", action="take_back_contact")
    row.taken_back_at = at
    row.save(update_fields=["taken_back_at"])
    log.append(
        "channel.contact_taken_back", stream=row.id, by=by, at=at, clause=CLAUSE, channel=channel
    )
    return row


def _cleaned(channel: str, given: ContactGiven) -> dict[str, Any]:
    faults: dict[str, str] = {}
    values: dict[str, Any] = {"address": "", "link": "", "hours": {}}
    for name, most in (("address", 100), ("link", 300)):
        try:
            values[name] = inputs.words(getattr(given, name), field=name, most=most, lines=False)
        except Invalid as fault:
            faults |= fault.fields
    if channel == "phone" and values["address"] and not rules.is_phone(values["address"]):
        faults["address"] = "not_dialled"
    if channel != "wechat":
        values["link"] = ""
    elif values["link"] and not rules.is_link(values["link"]):
        faults["link"] = "not_a_link"
    if channel in rules.WITH_HOURS:
        values["hours"] = opening.read_week(given.hours, faults)
    if faults:
        raise Invalid(faults, CLAUSE)
    return values
