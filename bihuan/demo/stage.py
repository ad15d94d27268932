"""Play the plans in the order of time, through the same commands that the doors give."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from bihuan.cases import commands, queries
from bihuan.cases import tasks as case_tasks
from bihuan.cases.commands import Contact, Filing
from bihuan.cases.models import Case
from bihuan.complaints import commands as complaints
from bihuan.complaints import queries as records
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.clocks import SHANGHAI
from bihuan.demo.cast import Cast, order_of
from bihuan.demo.dice import dice
from bihuan.demo.plans import CALM, Plan
from bihuan.demo.script import Cue, first_round, next_round
from bihuan.demo.slots import blanks, line
from bihuan.demo.texts import corpus
from bihuan.events import relay
from bihuan.notify import tasks as notify_tasks

TICK, LATELY = timedelta(hours=3), timedelta(minutes=30)
TEND_EVERY = 4  # hours
ANSWERED_AT = 10  # o'clock in Shanghai: when people answer for what was missed
AGAIN = frozenset({"dispute", "reopen"})
#: Channels on which nobody asks the customer what kind of problem it is.
UNASKED = frozenset({"email", "wechat", "chat"})


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
    live: dict[int, Live] = field(default_factory=dict)
    _cues: list[tuple[datetime, int, int, Cue]] = field(default_factory=list)
    _count: int = 0

    def play(self, plans: Sequence[Plan], progress: Callable[[float], None] | None = None) -> None:
        """File every plan and take every step until the end; clocks are swept on the way."""
        start = plans[0].at
        coming = list(reversed(plans))
        tick = start
        while tick < self.until:
            tick = self._after(tick)
            with transaction.atomic():
                moved = self._act(coming, tick) + case_tasks.sweep(tick)
                if tick.hour % TEND_EVERY == 0 or tick == self.until:
                    moved += case_tasks.tend(tick)
            if moved or tick == self.until:
                self._hand_on(tick)
            if tick.astimezone(SHANGHAI).hour == ANSWERED_AT:
                self._answer_for_breaches(tick)
            if progress:
                progress((tick - start) / (self.until - start))

    def _after(self, tick: datetime) -> datetime:
        """The next look at the clocks: often in the last days, which somebody may read closely."""
        step = LATELY if tick > self.until - CALM else TICK
        return min(tick + step, self.until)

    def _act(self, coming: list[Plan], tick: datetime) -> int:
        """File and take every step that is due by now, in order; how many."""
        count = 0
        while (due := self._next(coming)) <= tick:
            if coming and coming[-1].at == due:
                self._file(coming.pop())
            else:
                self._take(*heapq.heappop(self._cues)[2:])
            count += 1
        return count

    def _hand_on(self, tick: datetime) -> None:
        """What a worker does by itself: subscribers hear, messages leave, and say that they did."""
        relay.drain(tick)
        notify_tasks.send_inbox(tick)
        notify_tasks.send_email(tick)
        if tick == self.until:
            relay.drain(tick)  # else the news of the sending goes with the next batch

    def _next(self, coming: list[Plan]) -> datetime:
        never = self.until + TICK
        filed = coming[-1].at if coming else never
        return min(filed, self._cues[0][0] if self._cues else never)

    def _cue(self, index: int, cues: Sequence[Cue]) -> None:
        for cue in cues:
            if cue.at <= self.until:
                self._count += 1
                heapq.heappush(self._cues, (cue.at, self._count, index, cue))

    def _file(self, plan: Plan) -> None:
        rng = dice(self.seed, plan.index, plan.at.isoformat())
        filled = blanks(self._original(plan), rng)
        order_id = order_of(self._original(plan), self.cast, filled)
        queries.forget_loads()  # what a process may believe for seconds is hours old here
        person = self.cast.persons[plan.buyer]
        asked = plan.channel not in UNASKED or rng.random() < 0.5
        subject = plan.story.subject.format_map(filled)
        filed = commands.file(
            filing=Filing(
                kind=plan.story.kind,
                channel=plan.channel,
                subject=subject,
                text=plan.story.text.format_map(filled),
                wish=filled["wish"],
                contact=Contact(),
                order_id=0 if plan.unsorted else order_id,
                issue=plan.story.issue if asked and not plan.unsorted else "",
                person_id=person.id,
            ),
            by=self._clerk(plan, rng) or person,
            at=plan.at,
        )
        case = queries.get(filed.case.number, SYSTEM)
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
                due = day + timedelta(days=live.rng.randrange(4, 12))
                return {"owner_id": by.id, "due_on": due}
            case "repair":
                return {"restored_at": cue.at - timedelta(minutes=live.rng.randrange(20, 200))}
            case "merge":
                return {"into": self.live[live.plan.twin or 0].case.number}
        return {}

    def _finish(self, live: Live, by: Actor, at: datetime) -> None:
        for row in queries.follow_ups(live.case):
            if row.done_at is None:
                commands.finish_follow_up(
                    number=live.case.number, follow_up_id=row.id, by=by, at=at
                )

    def _answer_for_breaches(self, at: datetime) -> None:
        """Once a day: say why a deadline was missed, and the day after have it signed (2.3.3)."""
        words = corpus().words["answerable"]
        chief = self.cast.by_login["yanming"]
        waiting = records.visible(chief).filter(
            signed_at=None, opened_at__lt=at - timedelta(days=1)
        )
        for row in waiting.order_by("due_at", "id"):
            rng = dice(self.seed, row.due_at.isoformat())
            if not row.cause:
                by = self.cast.staff.get(row.staff_id) or chief
                pair = rng.randrange(len(words["causes"]))
                complaints.explain(
                    id=row.id, cause=words["causes"][pair], measure=words["measures"][pair],
                    by=by, at=at,
                )  # fmt: skip
            elif row.opened_at < at - timedelta(days=2):
                own = [s for s in self.cast.supervisors(row.department) if s.id != row.staff_id]
                complaints.sign(id=row.id, by=(own or [chief])[0], at=at)
