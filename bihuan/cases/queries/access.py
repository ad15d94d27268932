"""Who may close a case, who is named for one, and which are closed to somebody (3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bihuan.cases.models import Case, CaseReader
from bihuan.cases.queries.rows import hidden, visible
from bihuan.core import ids
from bihuan.core.actors import Actor, Role

KEEPERS = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Reach:
    """A case's number, and who alone is named for it; None where it is closed to nobody."""

    number: str
    named: frozenset[int] | None


def hidden_ids(by: Actor) -> QuerySet[Case, Any]:
    """Their ids, to be left out of what other rooms keep of cases."""
    return hidden(by).values("id")


def id_of(number: str, by: Actor) -> int:
    """The id of the case of this number, however it is written; 0 when there is none for them."""
    found = visible(by).filter(number=ids.read_case_number(number) or "")
    return found.values_list("id", flat=True).first() or 0


def hidden_streams(by: Actor) -> frozenset[int]:
    """Their ids, for a browser that must not even hear that something happened to them."""
    return frozenset(hidden(by).values_list("id", flat=True))


def may_close(by: Actor) -> bool:
    """Who may close a case to all but named people, and open it again (3.3)."""
    return bool(by.roles & KEEPERS)


def readers(case: Case) -> list[int]:
    """The ids of the colleagues who are named for a closed case, in the order they were."""
    rows = CaseReader.objects.filter(case_id=case.id).order_by("at", "staff_id")
    return list(rows.values_list("staff_id", flat=True))


def reach(case_ids: Iterable[int]) -> dict[int, Reach]:
    """How far what happens to these cases may be told, in two queries; unknown ids are absent.

    Of a closed case only its owner and its readers are named: that the house's keepers may open
    it is not asked here.
    """
    rows = Case.objects.filter(id__in=set(case_ids))
    found = list(rows.values_list("id", "number", "restricted", "owner_id"))
    named = {id: {owner} for id, _, closed, owner in found if closed}
    if named:
        readers = CaseReader.objects.filter(case_id__in=named)
        for case_id, staff_id in readers.values_list("case_id", "staff_id"):
            named[case_id].add(staff_id)
    return {
        id: Reach(number, frozenset(named[id]) if id in named else None)
        for id, number, _, _ in found
    }
