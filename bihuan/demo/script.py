"""The steps a case takes after it was filed: what is said, by whom, how many hours later."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bihuan.core.clocks import SHANGHAI
from bihuan.demo.dice import dice
from bihuan.demo.plans import Plan
from bihuan.demo.slots import group_of, line
from bihuan.demo.speech import basis_of, outcome_of, spoken
from bihuan.demo.texts import corpus

RATES = 0.5  # of those who confirm say how it was
OPENS, CLOSES = 8.5, 21.5  # hours of the Shanghai day in which staff work
#: The last step of an open case, by the name the desk's table uses.
STAGES = (
    "filed", "accepted", "answered", "proposed", "reviewed", "found", "told", "resolved",
    "notified",
)  # fmt: skip
_STEP_OF = {
    "confirm_problem": "accepted", "accept": "accepted", "answer": "answered",
    "propose": "proposed", "plan": "proposed", "review": "reviewed", "find": "found",
    "tell": "told", "repair": "told", "resolve": "resolved", "notify": "notified",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cue:
    """One step: `who` is owner, customer or supervisor; values are texts with blanks."""

    at: datetime
    action: str
    who: str = "owner"
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """Hours after the start of the round."""

    accept: float
    answer: float
    propose: float
    review: float
    find: float
    tell: float
    resolve: float
    notify: float


def first_round(plan: Plan, milestones: Collection[str], rng: Random, now: datetime) -> list[Cue]:
    """From receipt to its end, or to the step an open case has come to."""
    if plan.ending == "declined":
        return [_decline(plan, rng)]
    steps = _handled(plan, milestones, rng, plan.at, _pace(plan, rng))
    if plan.ending == "stopped":
        return _stopped(plan, steps, now)
    if plan.twin is not None:
        merge_at = by_day(plan.at + timedelta(hours=rng.uniform(0.4, 2)), plan.at, rng)
        return [Cue(merge_at, "merge")]
    if plan.ending == "withdrawn":
        keep = rng.randrange(1, max(2, len(steps) - 2))
        return [*steps[:keep], _withdraw(plan, steps[keep - 1].at, steps[keep].at, rng)]
    return [*steps, *_asides(plan, steps, rng), *_ending(plan, steps[-1].at, rng)]


def next_round(plan: Plan, milestones: Collection[str], rng: Random, at: datetime) -> list[Cue]:
    """After a dispute or reopening: looked at again, told again, and this time accepted."""
    total = rng.uniform(14, 50)
    pace = Pace(0, rng.uniform(0.3, 5), rng.uniform(5, 8), total * 0.35 + 5, total * 0.6 + 5,
                total * 0.6 + 5.3, total + 6, total + 7)  # fmt: skip
    steps = [s for s in _handled(plan, milestones, rng, at, pace, again=True) if s.at > at]
    told = steps[-1].at
    if rng.random() < 0.2:
        return steps
    return [*steps, Cue(_awake(told + timedelta(hours=rng.uniform(2, 40))), "confirm", "customer")]


def by_day(moment: datetime, earliest: datetime, rng: Random) -> datetime:
    """In working hours: by night, the evening before when that is late enough, else the morning."""
    local = moment.astimezone(SHANGHAI)
    hour = local.hour + local.minute / 60
    if OPENS <= hour < CLOSES:
        return moment
    evening = local.replace(hour=20, minute=30) + timedelta(minutes=rng.randrange(55))
    if hour < OPENS:
        evening -= timedelta(days=1)
    if evening > earliest:
        return evening.astimezone(moment.tzinfo)
    morning = evening.replace(hour=8, minute=35) + timedelta(days=1, minutes=rng.randrange(40))
    return morning.astimezone(moment.tzinfo)


def _awake(moment: datetime) -> datetime:
    """Customers answer when they are awake."""
    hour = moment.astimezone(SHANGHAI).hour
    return moment + timedelta(hours=7) if hour < 7 else moment


def _pace(plan: Plan, rng: Random) -> Pace:
    """How fast this case is worked; `late` says what is missed."""
    accept = rng.uniform(0.07, 1.5)
    answer = accept + rng.uniform(0.05, 0.8)
    propose = answer + rng.uniform(0.1, 4)
    if plan.story.kind != "complaint":
        total = propose + rng.uniform(0.5, 18)
        return Pace(accept, answer, propose, 0, 0, 0, total, total + 0.2)
    total = rng.uniform(18, 60)
    if plan.late == "response":
        answer = rng.uniform(25, 32)
        propose, total = answer + 0.4, rng.uniform(44, 60)
    if plan.late == "handling":
        total = rng.uniform(78, 125)
    review = max(propose + 0.2, min(total * 0.3, 30))
    find = max(review + 0.2, min(total * 0.55, 41))
    return Pace(accept, answer, propose, review, find, find + rng.uniform(0.1, 0.6),
                max(total * 0.93, find + 1.5), total + 1.6)  # fmt: skip


def _handled(
    plan: Plan,
    milestones: Collection[str],
    rng: Random,
    start: datetime,
    pace: Pace,
    *,
    again: bool = False,
) -> list[Cue]:
    """Every step from acceptance to the notice, in order, within working hours."""
    wanted = [*_steps(plan, milestones, rng, pace, again=again)]
    cues: list[Cue] = []
    last = start
    for hours, action, values in wanted:
        moment = start + timedelta(hours=hours)
        if action != "confirm_problem":
            moment = by_day(moment, last, rng)
        last = max(moment, last + timedelta(seconds=rng.randrange(50, 400)))
        cues.append(Cue(last, action, "owner", values))
    return cues


def _steps(
    plan: Plan, milestones: Collection[str], rng: Random, pace: Pace, *, again: bool
) -> list[tuple[float, str, dict[str, object]]]:
    words = spoken(plan, rng, again=again)
    steps: list[tuple[float, str, dict[str, object]]] = []
    if "aftersales.problem_confirmed" in milestones:
        steps.append((0.12, "confirm_problem", {"problem": words["problem"]}))
    if not again:
        steps.append((pace.accept, "accept", {}))
    if plan.story.kind in ("suggestion", "praise"):
        steps.append((pace.answer, "plan", {"text": words["plan"]}))
    else:
        steps.append((pace.answer, "answer", {"text": words["answer"]}))
        if "case.initial_solution_sent" in milestones:
            steps.append((pace.propose, "propose", {"solution": words["solution"]}))
    if plan.story.kind == "complaint":
        steps += _investigated(plan, milestones, rng, pace, words)
    steps.append(
        (pace.resolve, "resolve",
         {"outcome": outcome_of(plan), "reason": words["reason"], "basis": basis_of(plan)})
    )  # fmt: skip
    steps.append(
        (pace.notify, "notify", {"progress": words["progress"], "result": words["result"]})
    )
    return steps


def _investigated(
    plan: Plan, milestones: Collection[str], rng: Random, pace: Pace, words: dict[str, str]
) -> list[tuple[float, str, dict[str, object]]]:
    inquiry = {"reason": line(rng, plan, "review"), "investigation": bool(plan.also)}
    steps: list[tuple[float, str, dict[str, object]]] = [
        (pace.review, "review", inquiry),
        (pace.find, "find", {"finding": words["found"], "measure": words["measure"]}),
    ]
    steps += [
        (pace.find, "find", {"finding": text, "department": unit}) for unit, text in plan.also
    ]
    steps.append((pace.tell, "tell", {"text": words["told"]}))
    if "incident.repaired" in milestones:
        steps.append((pace.tell + 0.5, "repair", {"failed": words["found"]}))
    return steps


def _stopped(plan: Plan, steps: list[Cue], now: datetime) -> list[Cue]:
    """The steps up to the one it has come to, drawn together so that all of them lie behind us."""
    place = STAGES.index(plan.stop)
    kept = [step for step in steps if STAGES.index(_STEP_OF[step.action]) <= place]
    if not kept:
        return []
    room = now - timedelta(minutes=4) - plan.at
    taken = kept[-1].at - plan.at
    share = min(1.0, room / taken)
    return [Cue(plan.at + (s.at - plan.at) * share, s.action, s.who, s.values) for s in kept]


def _decline(plan: Plan, rng: Random) -> Cue:
    reason = rng.choice(corpus().words["decline"])
    moment = by_day(plan.at + timedelta(hours=rng.uniform(2, 18)), plan.at, rng)
    return Cue(moment, "decline", "supervisor", dict(reason))


def _withdraw(plan: Plan, after: datetime, before: datetime, rng: Random) -> Cue:
    moment = after + (before - after) * rng.uniform(0.2, 0.8)
    return Cue(moment, "withdraw", "customer", {"text": line(rng, plan, "withdraw")})


def _asides(plan: Plan, steps: list[Cue], rng: Random) -> list[Cue]:
    """Notes among colleagues, words from the customer, the hand-over to after-sales."""
    chinese = plan.story.lang != "en"
    first, last = steps[1].at, steps[-1].at
    found: list[Cue] = []
    if plan.story.kind != "complaint":
        return found

    def between(low: float, high: float) -> datetime:
        return first + (last - first) * rng.uniform(low, high)

    if rng.random() < 0.2 and chinese:
        found.append(Cue(between(0.1, 0.8), "note", "owner", {"text": line(rng, plan, "note")}))
    if rng.random() < 0.14:
        text = line(rng, plan, "message")
        found.append(Cue(_awake(between(0.3, 0.7)), "message", "customer", {"text": text}))
    if rng.random() < 0.06 and chinese:
        text = line(rng, plan, "material")
        found.append(Cue(between(0.05, 0.3), "add_material", "customer", {"text": text}))
    if group_of(plan) == "after_sales" and rng.random() < 0.6:
        values: dict[str, object] = {"department": "after_sales"}
        values["reason"] = line(rng, plan, "assign")
        found.append(Cue(first + timedelta(minutes=9), "assign", "owner", values))
    return found


def _ending(plan: Plan, told: datetime, rng: Random) -> list[Cue]:
    """What the customer does with the result, and whether the follow-up is done."""
    cues: list[Cue] = []
    if rng.random() < 0.95:
        moment = by_day(told + timedelta(hours=rng.uniform(12, 44)), told, rng)
        cues.append(Cue(moment, "finish_follow_up"))
    later = _awake(told + timedelta(hours=rng.uniform(1, 55)))
    if plan.ending in ("confirmed", "reopened"):
        cues.append(Cue(later, "confirm", "customer"))
        if _mind(plan).random() < RATES:
            cues.append(Cue(later + timedelta(minutes=3), "rate", "customer"))
    if plan.ending == "reopened":
        text = {"text": line(rng, plan, "reopen")}
        cues.append(
            Cue(later + timedelta(hours=rng.uniform(2, 6)), "reopen", "customer", dict(text))
        )
    if plan.ending == "disputed":
        cues.append(Cue(later, "dispute", "customer", {"text": line(rng, plan, "dispute")}))
    return cues


def scores(plan: Plan, asked: Iterable[str]) -> dict[str, int]:
    """What somebody says of the handling, one to five for each question: less when it was late."""
    mind = _mind(plan)
    mood = mind.choices((5, 4, 3, 2), (46, 42, 8, 4) if not plan.late else (8, 25, 42, 25))[0]
    return {id: min(5, max(1, mood + mind.choice((0, 0, 0, 1, -1)))) for id in asked}


def _mind(plan: Plan) -> Random:
    """Dice of their own, so that who rates what changes nothing else in the play."""
    return dice("rating", plan.index, plan.at.isoformat())
