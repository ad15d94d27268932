"""Tell colleagues who are named in an internal note (2.2.4)."""

from __future__ import annotations

from datetime import datetime

from bihuan.accounts import queries as people
from bihuan.accounts.queries import Colleague
from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid
from bihuan.events import log

CLAUSE = "2.2.4"
MOST = 10  # colleagues one note calls


def mentioned(case: Case, text: str, by: Actor) -> list[Colleague]:
    """The colleagues behind each @; of two of one name both, for nobody can tell whom he means.

    Invalid names those from whom the case is closed: a note must not tell them of it.
    """
    if "@" not in text and "＠" not in text:
        return []
    known = sorted(people.everybody(), key=lambda one: -len(one.name))
    found: dict[int, Colleague] = {}
    for rest in text.replace("＠", "@").split("@")[1:]:
        name = next((one.name for one in known if rest.startswith(one.name)), "")
        found |= {one.id: one for one in known if name and one.name == name}
    called = [one for one in found.values() if one.id != by.id][:MOST]
    shut_out = [one.name for one in called if not queries.sees(case, one.actor)]
    if shut_out:
        raise Invalid({"text": "may_not_see"}, CLAUSE, names="、".join(shut_out))
    return called


def call(case: Case, called: list[Colleague], entry: object, by: Actor, at: datetime) -> None:
    """One event for each; `notify` makes their notices of them."""
    for one in called:
        log.append(
            "case.mentioned", stream=case.id, by=by, at=at, clause=CLAUSE, number=case.number,
            staff=one.id, entry=entry,
        )  # fmt: skip
