"""Cases as rows for whoever takes them away: masked, or in clear for whoever gave a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from bihuan.accounts import queries as people
from bihuan.cases.models import Case
from bihuan.cases.queries.rows import visible
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI

BATCH = 1000
_PLAIN = (
    "number", "kind", "channel", "state", "round", "category", "issue", "severity", "tier",
    "priority", "subject", "wish", "department", "outcome", "next_milestone",
)  # fmt: skip
_MOMENTS = (
    "received_at", "registered_at", "next_due_at", "told_at", "ended_at", "archived_at",
)  # fmt: skip
_PEOPLE = ("owner", "merchant", "person_name", "person_phone", "person_email")
EXPORTED = (*_PLAIN, *_MOMENTS, *_PEOPLE)


def exported(
    by: Actor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    personal: bool = False,
) -> Iterator[dict[str, str | int]]:
    """Every case this actor may see, received since then and before `until`, the oldest first.

    A batch at a time.

    `personal`: names and contacts in clear. The caller has asked for the reason and kept it.
    """
    after: tuple[datetime, int] | None = None
    while True:
        rows = visible(by)
        if since:
            rows = rows.filter(received_at__gte=since)
        if until:
            rows = rows.filter(received_at__lt=until)
        if after:
            rows = rows.filter(
                Q(received_at__gt=after[0]) | Q(received_at=after[0], id__gt=after[1]),
                received_at__gte=after[0],
            )
        batch = list(rows.order_by("received_at", "id")[:BATCH])
        if not batch:
            return
        yield from _rows(batch, by, personal)
        after = (batch[-1].received_at, batch[-1].id)


def _rows(batch: list[Case], by: Actor, personal: bool) -> Iterator[dict[str, str | int]]:
    ids = {case.person_id for case in batch}
    persons = people.in_clear(ids) if personal else people.shown(ids, by)
    owners = people.staff_names(case.owner_id for case in batch)
    shops = people.merchant_names(case.merchant_id for case in batch)
    for case in batch:
        person = persons[case.person_id]
        yield {
            **{name: getattr(case, name) for name in _PLAIN},
            **{name: _moment(getattr(case, name)) for name in _MOMENTS},
            "owner": owners.get(case.owner_id, ""),
            "merchant": shops.get(case.merchant_id, ""),
            "person_name": person.name,
            "person_phone": person.phone,
            "person_email": person.email,
        }


def _moment(at: datetime | None) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds") if at else ""
