"""Who may close a case, who is named for one, and which are closed to somebody (3.3)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from bihuan.cases.models import Case, CaseReader
from bihuan.cases.queries.rows import hidden
from bihuan.core.actors import Actor, Role

KEEPERS = frozenset({Role.SUPERVISOR, Role.COMPLIANCE, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR})


def hidden_ids(by: Actor) -> QuerySet[Case, Any]:
    """Their ids, to be left out of what other rooms keep of cases."""
    return hidden(by).values("id")


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
