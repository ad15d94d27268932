"""What must be true of appeals: grounds speak of something, instances follow one another (3.2)."""

from __future__ import annotations

from collections.abc import Iterator

from bihuan.core.actors import STAFF
from bihuan.core.handbook import Handbook
from bihuan.policy.faults import Fault

ABOUT = frozenset({"result", "decline", "delay"})


def appeals_lead_somewhere(book: Handbook) -> Iterator[Fault]:
    """Every ground is about something; levels are numbered from one, and somebody sits there."""
    for ground in book.grounds.values():
        if not ground.about or not set(ground.about) <= ABOUT:
            known = ", ".join(sorted(ABOUT))
            yield Fault("grounds", ground.id, "about", f"a ground is about one of {known}")
    for number, level in enumerate(book.appeal_levels.values(), start=1):
        if level.id != number:
            yield Fault("appeal_levels", level.id, "id", f"there is no level {number} before it")
        if not level.roles or not set(level.roles) <= STAFF:
            yield Fault("appeal_levels", level.id, "roles", "no member of staff has this role")
        for unknown in sorted(set(level.departments) - book.departments.keys()):
            why = f"there is no department {unknown!r}"
            yield Fault("appeal_levels", level.id, "departments", why)
