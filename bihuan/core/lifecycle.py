"""A state machine is a table of Steps; look one up, or say why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.core.actors import Role
from bihuan.core.refusals import NotPermitted, NotPossible


@dataclass(frozen=True, slots=True)
class Step:
    """From `source`, `action` leads to `target`; `reaches` are the milestones it proves."""

    source: str
    action: str
    target: str
    who: frozenset[Role]
    clause: str
    reaches: tuple[str, ...] = ()


class Lifecycle:
    """Who may take which step from which state. Two rows for one pair are a bug."""

    def __init__(self, start: str, steps: Iterable[Step]) -> None:
        self.start = start
        self.steps: dict[tuple[str, str], Step] = {}
        for step in steps:
            if (step.source, step.action) in self.steps:
                raise ValueError(f"{step.action} from {step.source} stands twice in the table")
            self.steps[step.source, step.action] = step

    def step(self, state: str, action: str, roles: frozenset[Role]) -> Step:
        """The step, or the reason why not: NotPossible names the steps that are possible."""
        found = self.steps.get((state, action))
        if found is None:
            raise NotPossible(
                self._clause(action),
                state=state,
                action=action,
                possible=[s.action for s in self.offered(state, roles)],
            )
        if not found.who & roles:
            raise NotPermitted(found.clause, action=action)
        return found

    def _clause(self, action: str) -> str:
        return next((s.clause for s in self.steps.values() if s.action == action), "")

    def offered(self, state: str, roles: frozenset[Role]) -> list[Step]:
        """The buttons this actor should see, in the order of the table."""
        return [s for s in self.steps.values() if s.source == state and s.who & roles]

    def states(self) -> frozenset[str]:
        """Every state a step leads from or to (an empty target leads back where it came from)."""
        return frozenset(s for step in self.steps.values() for s in (step.source, step.target) if s)
