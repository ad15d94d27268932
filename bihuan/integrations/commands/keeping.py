"""Endpoints: made, changed, switched, given another secret, taken away."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from bihuan.core import inputs, signed
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPossible
from bihuan.events import log
from bihuan.integrations import queries, rules, wires
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.integrations.providers.guard import LONGEST, Unfit
from bihuan.store import secrets
from bihuan.store.blocks import new_id

CLAUSE = "3.3"  # what leaves the house
MOST = 50  # endpoints of one house


@dataclass(frozen=True, slots=True)
class Made:
    """The row, and its secret, which nobody is shown again."""

    endpoint: Endpoint
    secret: str = field(repr=False)


def add(*, name: str, url: str, kinds: Iterable[str], by: Actor, at: datetime) -> Made:
    """An endpoint that is told of these kinds from now on; it belongs to the administrator.

    NotPermitted; Invalid: name, url, kinds. The name of its host is looked up before anything is
    held.
    """
    queries.keepers(by)
    row = Endpoint(
        id=new_id(at), owner_id=by.id, name=_name(name), url=_url(url), kinds=_kinds(kinds),
        created_at=at,
    )  # fmt: skip
    made = Made(row, _new_secret())
    row.secret = _sealed("secret", row, made.secret)
    with transaction.atomic():
        if Endpoint.objects.count() >= MOST:
            raise Invalid({"url": "too_many_webhooks"}, limit=MOST)
        row.save(force_insert=True)
        _say("webhook.created", row, by, at, kinds=row.kinds, owner=row.owner_id)
    return made


def change(
    *,
    id: int,
    name: str | None = None,
    url: str | None = None,
    kinds: Iterable[str] | None = None,
    by: Actor,
    at: datetime,
) -> Endpoint:
    """Another name, address or choice of kinds; None leaves it. What waits goes to the new one.

    NotFound; Invalid: name, url, kinds.
    """
    queries.keepers(by)
    given: dict[str, object] = {}
    if name is not None:
        given["name"] = _name(name)
    if url is not None:
        given["url"] = _url(url)
    if kinds is not None:
        given["kinds"] = _kinds(kinds)
    with transaction.atomic():
        row = queries.locked(id, by)
        changed = {key: value for key, value in given.items() if value != getattr(row, key)}
        if not changed:
            return row
        for key, value in changed.items():
            setattr(row, key, value)
        if "url" in changed:
            _begin_anew(row)
        row.save()
        _say("webhook.changed", row, by, at, kinds=row.kinds, fields=sorted(changed))
    return row


@transaction.atomic
def switch_off(*, id: int, by: Actor, at: datetime) -> Endpoint:
    """Nothing is queued for it and nothing sent, until it is switched on. NotPossible when off."""
    row = queries.locked(id, by)
    if not row.active:
        raise NotPossible(CLAUSE, state="off", action="switch_off", possible=["switch_on"])
    row.active, row.off_reason = False, "by_hand"
    row.save(update_fields=["active", "off_reason"])
    _say("webhook.switched_off", row, by, at, reason_code=row.off_reason)
    return row


@transaction.atomic
def switch_on(*, id: int, by: Actor, at: datetime) -> Endpoint:
    """From now on it is told again, and what had waited is sent; whoever does it answers for it.

    So an endpoint whose owner left is taken over. NotPossible when it is on.
    """
    row = queries.locked(id, by)
    if row.active:
        raise NotPossible(CLAUSE, state="on", action="switch_on", possible=["switch_off"])
    row.active, row.off_reason, row.owner_id = True, "", by.id
    _begin_anew(row)
    row.save()
    _say("webhook.switched_on", row, by, at, owner=row.owner_id)
    return row


@transaction.atomic
def rotate(*, id: int, by: Actor, at: datetime) -> Made:
    """A new secret; the one before it signs too for 24 hours, and is then forgotten.

    NotPossible while an earlier one still signs: a second click must not lock the receiver out.
    """
    row = queries.locked(id, by)
    if row.old_until is not None and at < row.old_until:
        raise NotPossible(CLAUSE, state="rotating", action="rotate", possible=[])
    made = Made(row, _new_secret())
    row.old_secret = _sealed("old_secret", row, queries.secret(row))
    row.old_until = at + rules.BOTH_SIGN
    row.secret = _sealed("secret", row, made.secret)
    row.save(update_fields=["secret", "old_secret", "old_until"])
    _say("webhook.rotated", row, by, at)
    return made


@transaction.atomic
def remove(*, id: int, by: Actor, at: datetime) -> None:
    """It is gone with its secrets and what waited for it; the log keeps that it was."""
    row = queries.locked(id, by)
    _say("webhook.deleted", row, by, at)
    Delivery.objects.filter(endpoint=row).delete()
    row.delete()


def forget(at: datetime) -> int:
    """Secrets that sign no more, and deliveries of thirty days ago, whatever became of them."""
    spent = Endpoint.objects.filter(old_until__lte=at)
    spent.update(old_secret=None, old_until=None)
    return Delivery.objects.filter(created_at__lt=at - rules.KEEP).delete()[0]


def _begin_anew(row: Endpoint) -> None:
    """How it failed before says nothing any more."""
    row.failures, row.failing_since, row.rests_until = 0, None, None


def _say(kind: str, row: Endpoint, by: Actor, at: datetime, **facts: object) -> None:
    said = {"webhook": row.id, "host": queries.host(row), **facts}
    log.append(kind, stream=row.id, by=by, at=at, clause=CLAUSE, **said)


def _new_secret() -> str:
    return signed.written(random.token_bytes(rules.SECRET_BYTES))


def _sealed(column: str, row: Endpoint, secret: str) -> bytes:
    return secrets.seal_for_house(queries.TABLE, column, row.id, secret)


def _name(given: str) -> str:
    return inputs.words(given, field="name", least=1, most=60, lines=False)


def _url(given: str) -> str:
    url = inputs.words(given, field="url", least=1, most=LONGEST, lines=False)
    try:
        wires.way().check(url)
    except Unfit as unfit:
        raise Invalid({"url": unfit.code}) from None
    return url


def _kinds(given: Iterable[str]) -> list[str]:
    """Every kind, or those that are named, in the order of the catalogue."""
    wanted = set(given)
    if rules.EVERY in wanted:
        return [rules.EVERY]
    if strange := sorted(wanted - set(rules.OFFERED)):
        named = ", ".join(one[:60] for one in strange[:5])
        raise Invalid(
            {"kinds": "unknown_kinds"}, kinds=named, allowed=[rules.EVERY, *rules.OFFERED]
        )
    if not wanted:
        raise Invalid({"kinds": "missing"})
    return [kind for kind in rules.OFFERED if kind in wanted]
