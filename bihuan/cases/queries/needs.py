"""What a case waits for before it may go on (2.2.3, 2.2.4)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from bihuan.cases.models import OPEN, Case, Need
from bihuan.cases.queries.identity import IDENTITY, identity_demand, identity_missing, needs_of
from bihuan.policy import queries as policy

REPORT = "special_report"
#: a case that something is asked of before it may close, and that is not there yet
BLOCKED = Exists(Need.objects.filter(case_id=OuterRef("id"), before="close", met_at=None))


def needed(case: Case, before: str) -> list[str]:
    """The codes of what is not there yet; each once, oldest first.

    A major complaint needs its report (2.2.4, X-47), also in the moment before it was asked for.
    Before it is accepted, a case may need a level of its person's identity (1.2), by whose name
    the code then goes on: identity_contact, identity_declared, identity_verified.
    """
    if before == "accept" and identity_demand(case) is None:
        return []
    rows = needs_of(case)
    open_ = [row.code for row in rows if row.before == before and row.met_at is None]
    codes = [code for code in open_ if code != IDENTITY]
    if before == "accept" and (demand := identity_missing(case, rows)):
        codes.append(f"{IDENTITY}_{demand.level}")
    if before == "close" and asks_for_report(case):
        reported = any(row.code == REPORT and row.met_at for row in rows)
        codes += [] if reported else [REPORT]
    return list(dict.fromkeys(codes))


def asks_for_report(case: Case) -> bool:
    """Whether its severity demands an analysis for the management (2.2.4)."""
    severity = policy.pinned(case.policy_id).severities[case.severity]
    return case.kind == "complaint" and severity.is_reported


def open_complaints(severities: Iterable[str]) -> QuerySet[Case]:
    """The open complaints of these severities, by the index of what is open. For the house."""
    return Case.objects.filter(state__in=OPEN, kind="complaint", severity__in=list(severities))
