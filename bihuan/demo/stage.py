"""Play the plans in the order of time, through the same commands that the doors give."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import transaction

from bihuan.cases import commands, queries
from bihuan.cases import tasks as case_tasks
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.models import Case
from bihuan.complaints import tasks as report_tasks
from bihuan.core.actors import Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast, order_of
from bihuan.demo.chats import chat
from bihuan.demo.dice import dice
from bihuan.demo.morning import morning
from bihuan.demo.plans import CALM, Plan
from bihuan.demo.porter import Porter
from bihuan.demo.rota import make_room
from bihuan.demo.script import Cue, first_round, next_round, scores
from bihuan.demo.slots import blanks, line
from bihuan.events import relay

#: How often the clocks are looked at; the last days somebody may read closely. A due is warned of
#: four hours before, and what ended is archived in the last hour of a Shanghai day.
TICK, LATELY = timedelta(hours=4), timedelta(minutes=30)
GRID = timedelta(hours=3, minutes=30)
HEARD = timedelta(seconds=10)  # a due that passes is noticed by the next sweep
TENDED_AT = frozenset({3, 23})  # o'clock in Shanghai: late measures are chased, cases archived
ANSWERED_AT = 11  # when people answer for what was missed
AGAIN = frozenset({"dispute", "reopen"})
UNASKED = frozenset({"email", "wechat", "chat"})  # where nobody asks what kind of problem it is


@dataclass(slots=True)
class Live:
    """A case on stage: its row as of its last step, and what fills the blanks of its texts."""

    plan: Plan
    case: Case
    rng: Random
    blanks: dict[str, str]
    milestones: frozenset[str]
    follow_ups: int = 0


@dataclass(slots=True)
class Stage:
    """The play: plans not filed yet, steps to come, cases on stage."""

    seed: int
    cast: Cast
    until: datetime
    porter: Porter = field(init=False)
    live: dict[int, Live] = field(default_factory=dict)
    _coming: list[Plan] = field(default_factory=list)
    _cues: list[tuple[datetime, int, int, Cue]] = field(default_factory=list)
    _waits: list[tuple[datetime, datetime, int]] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self.porter = Porter(self.until - CALM)

    def play(self, plans: Sequence[Plan], progress: Callable[[float], None] | None = None) -> None:
        """File every plan and take every step until the end; clocks are swept on the way."""
        tick = start = plans[0].at
        self._coming = list(reversed(plans))
        while tick < self.until:
            tick = self._after(tick)
            for moment, act in self._by_itself(tick):
                self._until(moment)
                act(moment)
            self._until(tick)
            self._sweep(tick)
            hour = tick.astimezone(SHANGHAI).hour
            if hour in TENDED_AT or tick == self.until:
                self.porter.hand_on(tick)
                self._system(case_tasks.tend, tick)
                self._system(report_tasks.tend_reports, tick)
            if hour == ANSWERED_AT:
                self.porter.hand_on(tick)
                self.porter.note(morning(self.cast, self.seed, tick, self.until), tick)
            if progress:
                progress((tick - start) / (self.until - start))
        self.porter.note(make_room(self.cast, self.until), self.until)
        self.porter.hand_on(self.until)
        relay.drain(self.until)  # the news that messages were sent

    def _after(self, tick: datetime) -> datetime:
        """The next look at the clocks, on a grid of Shanghai's hours."""
        step = LATELY if tick >= self.until - CALM else TICK
        day = datetime.combine(tick.astimezone(SHANGHAI).date(), time.min, SHANGHAI)
        grid = day - TICK + GRID
        return min(grid + ((tick - grid) // step + 1) * step, self.until).astimezone(UTC)

    def _by_itself(self, tick: datetime) -> list[tuple[datetime, Callable[[datetime], None]]]:
        """When a due passes before this tick, and when silence reminds or closes."""
        dues = {clock.due_at + HEARD for clock in queries.overdue(tick)}
        found = [(due, self._sweep) for due in dues if due < tick]
        while self._waits and self._waits[0][0] < tick:
            moment, waits_until, index = heapq.heappop(self._waits)
            case = self.live[index].case
            if (case.state, case.waits_until) == ("notified", waits_until):
                found.append((moment, partial(self._tend, case)))
        return sorted(found, key=lambda one: one[0])

    def _sweep(self, at: datetime) -> None:
        """The look at the clocks, when there is one to be seen."""
        near = queries.soon_due(at, case_tasks.WARN_BEFORE)
        if seen := {clock.case_id for clock in (*queries.overdue(at), *near)}:
            if self.porter.goes_first(seen, at):
                self.porter.hand_on(at)
            self._system(case_tasks.sweep, at)

    def _tend(self, case: Case, at: datetime) -> None:
        """Silence reminds the person of this case, or closes it."""
        hour = at.astimezone(SHANGHAI).hour
        alone = min(TENDED_AT) < hour < max(TENDED_AT)  # else others are archived or chased too
        if not alone or self.porter.goes_first([case.id], at):
            self.porter.hand_on(at)
        self._system(case_tasks.tend, at)

    def _until(self, moment: datetime) -> None:
        """Everything that people do until then."""
        while (next_one := self._act(moment)) is not None:
            self.porter.hand_on(next_one)

    def _system(self, act: Callable[[datetime], int], at: datetime) -> None:
        """What happens by itself."""
        with transaction.atomic():
            moved = act(at)
        if moved:
            news = relay.waiting(but="message") - self.porter.waiting.keys()
            self.porter.note(news, at, alone=True)

    def _act(self, until: datetime) -> datetime | None:
        """File and take every step that is due by then, in order.

        Stops at the moment of the first whose case has news that must be handed on before.
        """
        with transaction.atomic():
            while (due := self._next()) <= until:
                if self._coming and self._coming[-1].at == due:
                    self._file(self._coming.pop())
                    continue
                _, _, index, cue = self._cues[0]
                if self.porter.goes_first(self._touched(index, cue), due):
                    return due
                heapq.heappop(self._cues)
                self._take(index, cue)
                self.porter.note(self._touched(index, cue), due)
        return None

    def _touched(self, index: int, cue: Cue) -> list[int]:
        """The cases that this step says something of."""
        live = self.live[index]
        both = [live, self.live[live.plan.twin or 0]] if cue.action == "merge" else [live]
        return [one.case.id for one in both]

    def _next(self) -> datetime:
        never = self.until + TICK
        filed = self._coming[-1].at if self._coming else never
        return min(filed, self._cues[0][0] if self._cues else never)

    def _cue(self, index: int, cues: Sequence[Cue]) -> None:
        for cue in cues:
            if cue.at <= self.until:
                self._count += 1
                heapq.heappush(self._cues, (cue.at, self._count, index, cue))

    def _file(self, plan: Plan) -> None:
        rng = dice(self.seed, plan.index, plan.at.isoformat())
        original = self._original(plan)
        filled = blanks(original, rng)
        order_id = order_of(original, self.cast, filled)
        queries.forget_loads()  # what a process may believe for seconds is hours old here
        person = self.cast.persons[plan.buyer]
        asked = plan.channel not in UNASKED or rng.random() < 0.5
        subject, text = (s.format_map(filled) for s in (plan.story.subject, plan.story.text))
        filing = Filing(
            kind=plan.story.kind, channel=plan.channel, contact=Contact(), person_id=person.id,
            subject=subject, text=text, wish=filled["wish"],
            order_id=0 if plan.unsorted else order_id,
            issue=plan.story.issue if asked and not plan.unsorted else "",
            **chat(plan, person.name, text),
        )  # fmt: skip
        by = self._clerk(plan, rng) or person
        filed = commands.file(filing=filing, by=by, at=plan.at)
        case = filed.case
        self.porter.note([case.id], plan.at, alone=True)
        milestones = frozenset(row.milestone for row in filed.rows)
        self.live[plan.index] = Live(plan, case, rng, filled | {"subject": subject}, milestones)
        self._cue(plan.index, self._sorted_out(plan, case, rng))
        self._cue(plan.index, first_round(plan, milestones, rng, self.until))

    def _original(self, plan: Plan) -> Plan:
        """A second letter about the same thing speaks of the same order."""
        if plan.twin is None:
            return plan
        first = self.live[plan.twin].plan
        return replace(first, story=plan.story)

    def _clerk(self, plan: Plan, rng: Random) -> Actor | None:
        """By telephone and at the counter an agent writes it down."""
        if plan.channel not in ("phone", "counter"):
            return None
        return rng.choice([self.cast.by_login["linyue"], self.cast.by_login["fangyuqing"]])

    def _sorted_out(self, plan: Plan, case: Case, rng: Random) -> list[Cue]:
        """What was not understood is classified by a person; the desk's cases get their owner."""
        cues: list[Cue] = []
        book = queries.handbook(case)
        moment = plan.at + timedelta(minutes=rng.uniform(1.5, 6))
        if case.issue != plan.story.issue and not plan.unsorted:
            values: dict[str, Any] = {"issue": plan.story.issue, "reason": line(rng, plan, "sort")}
            cues.append(Cue(moment, "classify", "holder", values))
            unit = book.routes[book.issues[plan.story.issue].category].department
            if case.department != unit and case.priority != "urgent":
                given = {"department": unit, "reason": line(rng, plan, "sort")}
                cues.append(Cue(moment + timedelta(seconds=40), "assign", "holder", given))
        keeper = self.cast.by_login.get(plan.owner)
        if keeper and case.owner_id != keeper.id:
            moment += timedelta(minutes=1)
            cues.append(Cue(moment, "assign", "supervisor", {"owner_id": keeper.id}))
        if plan.lift:
            raised = plan.at + timedelta(hours=3)
            values = {"severity": "major", "reason": plan.lift}
            cues.append(Cue(raised, "set_severity", "owner", values))
            cues.append(Cue(raised + timedelta(minutes=35), "approve_severity", "supervisor"))
        return cues

    def _take(self, index: int, cue: Cue) -> None:
        live = self.live[index]
        by = self._actor(live, cue.who)
        if cue.action == "finish_follow_up":
            self._finish(live, by, cue.at)
            return
        words = live.blanks | {"agent": by.name}
        values = {
            name: value.format_map(words) if isinstance(value, str) else value
            for name, value in cue.values.items()
        }
        values |= self._needed(live, cue, by)
        step = commands.STEPS[cue.action]
        live.case = step(number=live.case.number, by=by, at=cue.at, **values)
        if live.case.state == "notified" and (end := live.case.waits_until):
            for moment in (end - case_tasks.reminded_ahead(cue.at), end):
                heapq.heappush(self._waits, (moment, end, index))
        if cue.action in AGAIN:
            owed = frozenset(clock.milestone for clock in queries.clocks(live.case))
            self._cue(index, next_round(live.plan, owed, live.rng, cue.at))

    def _actor(self, live: Live, who: str) -> Actor:
        if who == "customer":
            return self.cast.persons[live.plan.buyer]
        owner = self.cast.staff.get(live.case.owner_id)
        supervisors = self.cast.supervisors(live.case.department)
        if who == "supervisor" or owner is None:
            return next(one for one in supervisors if one is not owner)
        return owner

    def _needed(self, live: Live, cue: Cue, by: Actor) -> dict[str, Any]:
        """Fields that name people and days."""
        day = cue.at.astimezone(SHANGHAI).date()
        match cue.action:
            case "review" if live.case.severity != "general":
                leads = [one for one in self.cast.staff.values() if one.name == live.plan.lead]
                return {"lead_id": (leads or self.cast.supervisors(by.department))[0].id}
            case "notify":
                due = day + timedelta(days=live.rng.randrange(2, 6))
                what = live.blanks["after"]
                return {"follow_ups": [{"what": what, "owner_id": by.id, "due_on": due}]}
            case "plan":
                due = day + timedelta(days=live.rng.randrange(6, 24))
                return {"owner_id": by.id, "due_on": due}
            case "repair":
                return {"restored_at": cue.at - timedelta(minutes=live.rng.randrange(20, 200))}
            case "rate":
                asked = queries.survey(live.case).questions
                return {"scores": scores(live.plan, [one.id for one in asked])}
            case "merge":
                return {"into": self.live[live.plan.twin or 0].case.number}
        return {}

    def _finish(self, live: Live, by: Actor, at: datetime) -> None:
        for row in queries.follow_ups(live.case):
            if row.done_at is None:
                commands.finish_follow_up(
                    number=live.case.number, follow_up_id=row.id, by=by, at=at
                )
