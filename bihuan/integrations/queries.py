"""Endpoints and their deliveries, as far as this actor may know of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from bihuan.accounts import queries as accounts
from bihuan.core import keyset
from bihuan.core.actors import Actor, Role
from bihuan.core.ports import Standing
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.integrations import rules
from bihuan.integrations.models import Delivery, Endpoint
from bihuan.store import secrets
from bihuan.web.counted import counted

TABLE = Endpoint._meta.db_table
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Deliveries of an endpoint, the newest first; `cursor` is "" at the end."""

    rows: list[Delivery]
    cursor: str


def may_manage(by: Actor) -> bool:
    """Whether this actor has anything to do with webhooks."""
    return rules.may_manage(by)


def keepers(by: Actor) -> None:
    """NotPermitted for other staff, NotFound for everybody else."""
    if not by.is_staff:
        raise NotFound()
    if not rules.may_manage(by):
        raise NotPermitted("3.3", action="webhooks")


def endpoints(by: Actor) -> list[Endpoint]:
    """All of them, the newest first."""
    keepers(by)
    return list(Endpoint.objects.order_by("-id"))


def endpoint(id: int, by: Actor) -> Endpoint:
    """One of them."""
    keepers(by)
    return _found(Endpoint.objects.filter(id=id).first())


def locked(id: int, by: Actor) -> Endpoint:
    """The same, held until the transaction ends. Whoever writes to its deliveries holds it too."""
    keepers(by)
    return _found(Endpoint.objects.select_for_update().filter(id=id).first())


def _found(row: Endpoint | None) -> Endpoint:
    if row is None:
        raise NotFound()
    return row


def delivery(row: Endpoint, id: int) -> Delivery:
    """A delivery of this endpoint; NotFound."""
    found = Delivery.objects.filter(endpoint=row, id=id).first()
    if found is None:
        raise NotFound()
    return found


def deliveries(row: Endpoint, *, cursor: str = "", limit: int = SHOWN) -> Page:
    """What was sent to it, or shall be. Invalid for a cursor that is none."""
    found = Delivery.objects.filter(endpoint=row).order_by("-id")
    if cursor:
        found = found.filter(id__lt=keyset.read(cursor, int)[0])
    return Page(*keyset.cut(found[: limit + 1], limit, lambda one: (one.id,)))


def failed_since(row: Endpoint, since: datetime) -> QuerySet[Delivery]:
    """What did not arrive there, of what happened since then."""
    return Delivery.objects.filter(endpoint=row, state="failed", created_at__gte=since)


def owners() -> list[int]:
    """Whose endpoints may be sent to now: who is active, and still an administrator."""
    return [one.id for one in accounts.everybody() if Role.ADMINISTRATOR in one.roles]


def host(row: Endpoint) -> str:
    """What the log says of an address: its path may hold a secret."""
    return urlsplit(row.url).hostname or ""


def secret(row: Endpoint) -> str:
    """The secret it signs with from now on. For signing, and to be shown the moment it is made."""
    return secrets.open_for_house(TABLE, "secret", row.id, row.secret)


def secrets_of(row: Endpoint, at: datetime) -> list[str]:
    """The secrets that sign at this moment, the newest first."""
    found = [secret(row)]
    if row.old_secret is not None and row.old_until is not None and at < row.old_until:
        found.append(secrets.open_for_house(TABLE, "old_secret", row.id, row.old_secret))
    return found


def listening() -> list[Endpoint]:
    """The endpoints that are told of what happens now."""
    return list(Endpoint.objects.filter(active=True, owner_id__in=owners()))


def is_anything_due(at: datetime) -> bool:
    """Whether a sweep has anything to do: cheap enough to ask each second."""
    return _due(at).filter(endpoint__active=True).exists()


def next_in_turn(at: datetime, most: int) -> list[Endpoint]:
    """Endpoints with something to send, held, those first that waited longest for a turn.

    Not those that rest, nor what another sweep holds.
    """
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    rested = Q(rests_until__isnull=True) | Q(rests_until__lte=at)
    wanted = Endpoint.objects.filter(free, rested, active=True, owner_id__in=owners())
    wanted = wanted.filter(Exists(_due(at).filter(endpoint=OuterRef("id"))))
    in_turn = wanted.order_by(F("turn_at").asc(nulls_first=True), "id")
    return list(in_turn.select_for_update(skip_locked=True)[:most])


def first_due(rows: Iterable[Endpoint], at: datetime) -> list[Delivery]:
    """Of each of these endpoints what is due longest."""
    found = _due(at).filter(endpoint__in=rows).select_related("endpoint")
    return list(found.order_by("endpoint_id", "next_try_at", "id").distinct("endpoint_id"))


def _due(at: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state="queued", next_try_at__lte=at)


def channel_standing(at: datetime) -> Standing | None:
    """How the webhooks stand: None where there is none; failing where every one of them is."""
    rows = listening()
    if not rows:
        return None
    since = [row.failing_since for row in rows if row.failing_since]
    failing = max(since) if len(since) == len(rows) else None
    return Standing(
        "webhooks", outward=True, alive_at=max((row.turn_at for row in rows if row.turn_at),
        default=None), failing_since=failing, reason="no_endpoint" if failing else "",
        waiting=counted(Delivery.objects.filter(state="queued"), 1000), always=True,
    )  # fmt: skip
