"""Whether parties, handling steps and the clocks of the law point at what there is (6.1)."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.core.handbook import Handbook
from bihuan.core.outside import AT_ONCE

Found = tuple[str, str, str, str]  # place, id, key, why
MOST_DAYS = 366


def faults(book: Handbook) -> Iterator[Found]:
    """What is wrong with them; nothing for a version without any."""
    for kind in book.party_kinds.values():
        if not 1 <= kind.workdays <= MOST_DAYS:
            yield "party_kinds", kind.id, "workdays", f"an answer takes 1 to {MOST_DAYS} days"
    for party in book.parties.values():
        if party.kind not in book.party_kinds:
            yield "parties", party.id, "kind", f"there is no kind {party.kind!r}"
    for step in book.handling.values():
        if step.group not in book.issue_groups:
            yield "handling", step.id, "group", f"there is no group {step.group!r}"
        if step.asks and step.asks not in book.party_kinds:
            yield "handling", step.id, "asks", f"there is no kind {step.asks!r}"
    yield from _clocks(book)


def _clocks(book: Handbook) -> Iterator[Found]:
    for clock in book.legal_clocks.values():
        for issue in sorted(set(clock.issues) - book.issues.keys()):
            yield "legal_clocks", clock.id, "issues", f"there is no issue {issue!r}"
        if (clock.shape == AT_ONCE) != (clock.days == 0) or not 0 <= clock.days <= MOST_DAYS:
            why = f"a window or due has 1 to {MOST_DAYS} days, what is owed at once has none"
            yield "legal_clocks", clock.id, "days", why
