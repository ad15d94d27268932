"""What a list is narrowed to, read from the fields of an address or of a saved view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bihuan.accounts import queries as people
from bihuan.cases.models import CATEGORIES, CHANNELS, KINDS, PRIORITIES, SEVERITIES, STATES
from bihuan.cases.queries.figures import midnight
from bihuan.cases.queries.lists import VIEWS, Filters
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.policy import queries as policy

#: The values that some of the fields may have.
KNOWN = {
    "state": STATES,
    "kind": KINDS,
    "category": CATEGORIES,
    "severity": SEVERITIES,
    "priority": PRIORITIES,
    "channel": CHANNELS,
}
FIELDS = (
    "state", "kind", "category", "issue", "severity", "priority", "department", "owner",
    "channel", "due", "received_from", "received_to", "merchant", "tag",
)  # fmt: skip
ME, NOBODY, LATE = "me", "nobody", "late"
HOURS = ("4", "24", "72")  # due within


def narrowed(given: Mapping[str, str], by: Actor, at: datetime) -> Filters:
    """The filters that these fields mean to this actor, now; Invalid names what cannot be meant."""
    kept = {name: given[name] for name in FIELDS if given.get(name)}
    for name, known in KNOWN.items():
        if name in kept:
            inputs.one_of(kept[name], known, field=name)
    owner = kept.get("owner", "")
    whose = by.id if owner == ME else 0
    if owner and owner not in {ME, NOBODY}:
        whose = inputs.whole(owner, field="owner")
    plain: dict[str, Any] = {n: kept[n] for n in (*KNOWN, "issue", "department") if n in kept}
    return Filters(
        **plain,
        owner=whose,
        nobodys=owner == NOBODY,
        tag=inputs.words(kept.get("tag"), field="tag", most=40, lines=False),
        merchant=inputs.whole(kept["merchant"], field="merchant") if "merchant" in kept else 0,
        **_due(kept.get("due", ""), at),
        **_received(kept),
    )


def _due(due: str, at: datetime) -> dict[str, Any]:
    """Overdue, or due within so many hours and not overdue yet."""
    if not due:
        return {}
    if inputs.one_of(due, [LATE, *HOURS], field="due") == LATE:
        return {"due_before": at}
    return {"due_after": at, "due_before": at + timedelta(hours=int(due))}


def _received(kept: Mapping[str, str]) -> dict[str, Any]:
    """Whole days in Shanghai, the last one too."""
    found: dict[str, Any] = {}
    if "received_from" in kept:
        found["received_from"] = midnight(inputs.day(kept["received_from"], field="received_from"))
    if "received_to" in kept:
        last = inputs.day(kept["received_to"], field="received_to")
        found["received_until"] = midnight(last + timedelta(days=1))
    if len(found) == 2 and found["received_from"] >= found["received_until"]:
        raise Invalid({"received_to": "before_its_start"})
    return found


def gone(many: Sequence[Mapping[str, str]], at: datetime) -> list[list[str]]:
    """Of each, the fields that name what is no longer there: three queries for any number."""
    units = {"unrouted", *(unit.code for unit in people.departments())}
    staff = people.colleagues(_ids(many, "owner"))
    here = {str(id) for id, one in staff.items() if one.active} | {"", ME, NOBODY}
    shops = {str(id) for id in people.merchant_names(_ids(many, "merchant"))} | {""}
    issues = policy.current(at).issues.keys() | {""}
    return [
        [
            name
            for name, known in (
                ("department", units | {""}), ("owner", here), ("merchant", shops),
                ("issue", issues),
            )
            if given.get(name, "") not in known
        ]
        for given in many
    ]  # fmt: skip


def _ids(many: Sequence[Mapping[str, str]], name: str) -> list[int]:
    return [int(one[name]) for one in many if one.get(name, "").isdecimal()]


def checked(given: Mapping[str, str], by: Actor, at: datetime) -> dict[str, str]:
    """The fields of a list that are worth keeping; Invalid for what cannot be meant now."""
    kept = {name: str(given[name]) for name in FIELDS if given.get(name)}
    narrowed(kept, by, at)
    if missing := gone([kept], at)[0]:
        raise Invalid(dict.fromkeys(missing, "not_known"))
    view = given.get("view") or "all"
    return {"view": inputs.one_of(view, list(VIEWS), field="view"), **kept}
