"""How soon chats are answered and solved, and how people judged it; targets only, never late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.chat import rules
from bihuan.chat.models import Conversation
from bihuan.policy import queries as policy

ANSWER, SOLUTION = "T-6.2-1", "T-6.2-2"
MOST = 50_000  # chats a figure is made from


@dataclass(frozen=True, slots=True)
class Measure:
    """Against a target of 6.2: seconds of it, the median and mean, how many of how many kept it.

    `tone`: "green" when the mean keeps the target, "amber" when not, "" without any; never red.
    """

    target: str
    seconds: int
    median: int | None
    mean: int | None
    kept: int
    of: int

    @property
    def tone(self) -> str:
        if self.mean is None:
            return ""
        return "green" if self.mean <= self.seconds else "amber"

    @property
    def per_cent(self) -> int | None:
        return round(100 * self.kept / self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The chats that were begun in a period: asked, answered by a person, ended as a case.

    `solution` counts those that an agent ended as solved; `satisfaction` is of 100.
    """

    asked: int
    answered: int
    cases: int
    answer: Measure
    solution: Measure
    satisfaction: int | None
    ratings: int

    @property
    def unanswered(self) -> int:
        """No person has answered them: how soon somebody answers is measured without these."""
        return self.asked - self.answered


def figures(since: datetime, until: datetime, *, staff_id: int = 0) -> Figures:
    """The chats begun from `since` to before `until`; of one agent, who ended them, or of all."""
    rows = Conversation.objects.filter(asked_at__gte=since, asked_at__lt=until)
    if staff_id:
        rows = rows.filter(agent_id=staff_id)
    found = list(
        rows.order_by("-asked_at").values_list(
            "asked_at", "answered_at", "ended_at", "outcome", "score"
        )[:MOST]
    )
    answers = [answered - asked for asked, answered, *_ in found if answered]
    solved = [
        ended - asked for asked, _, ended, outcome, _ in found if ended and outcome == "solved"
    ]
    scores = [score for *_, score in found if score]
    return Figures(
        asked=len(found),
        answered=len(answers),
        cases=sum(1 for *_, outcome, _ in found if outcome == "case"),
        answer=_measured(ANSWER, answers, until),
        solution=_measured(SOLUTION, solved, until),
        satisfaction=rules.satisfaction(scores),
        ratings=len(scores),
    )


def target_seconds(id: str, at: datetime) -> int:
    """How long the target of this id gives: its amount is minutes."""
    found: Any = policy.current(at).targets[id]
    return int(found.amount) * 60


def _measured(id: str, spans: list[timedelta], at: datetime) -> Measure:
    limit = target_seconds(id, at)
    seconds = sorted(round(span.total_seconds()) for span in spans)
    return Measure(
        target=id,
        seconds=limit,
        median=seconds[len(seconds) // 2] if seconds else None,
        mean=round(sum(seconds) / len(seconds)) if seconds else None,
        kept=sum(1 for one in seconds if one <= limit),
        of=len(seconds),
    )
