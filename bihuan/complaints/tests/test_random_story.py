"""2.22 (2.3.2): whatever happens and in whichever order, the sums are what the clocks say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from bihuan.cases import commands as cases
from bihuan.cases import tasks as case_tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import decided, handled, told
from bihuan.complaints import commands, lateness, queries
from bihuan.complaints.models import Judged, OnTime
from bihuan.complaints.queries import Which
from bihuan.complaints.tests.people import HOUR
from bihuan.complaints.tests.test_ontime import FIRST, LAST, caught_up, report
from bihuan.core.refusals import Refusal

db = pytest.mark.django_db


def raw(home: House) -> Counter[tuple[str, bool]]:
    """The hard dues that were kept or missed, straight from the clocks and their cases.

    Each under its step, and once more under the severity of its case.
    """
    severity = dict(Case.objects.values_list("id", "severity"))
    found: Counter[tuple[str, bool]] = Counter()
    for row in Clock.objects.filter(hard=True):
        if row.done_at or row.late_at:
            kept = row.done_at is not None and row.done_at <= row.due_at
            found[row.milestone, kept] += 1
            found[severity[row.case_id], kept] += 1
    return found


def summed(grain: str) -> Counter[tuple[str, bool]]:
    found: Counter[tuple[str, bool]] = Counter()
    for row in OnTime.objects.filter(grain=grain, scope__in="ks", hard=True, n__gt=0):
        found[row.milestone or row.severity, row.step == lateness.KEPT] += row.n
    return found


def tried(act: Callable[..., object], **given: Any) -> None:
    """What the table does not allow at this moment is not done."""
    with suppress(Refusal):
        act(**given)


def act_at_random(home: House, found: list[Case], rng: Random, at: datetime) -> None:
    case = rng.choice(found)
    who = {"number": case.number, "at": at}
    staff = {**who, "by": rng.choice([home.bo_bo, home.chen])}
    steps: list[Callable[[], None]] = [
        lambda: tried(cases.accept, **staff),
        lambda: tried(cases.answer, **staff, text="正在核实，请稍候。"),
        lambda: tried(handled, home=home, case=case, at=at),
        lambda: tried(told, home=home, case=case, at=at),
        lambda: tried(decided, home=home, case=case, at=at),
        lambda: tried(cases.decline, **staff, reason="与平台无关", basis="用户协议第 3 条"),
        lambda: tried(cases.complain, **who, text="我要投诉这件事", by=home.ai_li),
        lambda: tried(cases.retract, **staff, reason="金额算错"),
        lambda: tried(cases.reopen, **staff, text="没有解决"),
        lambda: tried(cases.withdraw, **who, by=home.ai_li),
        lambda: tried(cases.set_severity, **staff, severity="major", reason="影响较大"),
        lambda: tried(cases.set_severity, **staff, severity="general", reason="影响较小"),
        lambda: tried(cases.approve_severity, **who, by=home.chen),
        lambda: tried(cases.classify, **staff, reason="应属技术", category="system_tech"),
        lambda: tried(cases.set_tier, **staff, tier="3", reason="影响较大"),
        lambda: tried(cases.assign, **staff, owner_id=home.other_agent.id, reason="改派"),
        lambda: tried(cases.dispute, **who, text="不同意", by=home.ai_li),
        lambda: tried(cases.merge, **staff, into=rng.choice(found).number),
        lambda: tried(cases.unmerge, **who, reason="并错了", by=home.chen),
        lambda: tried(case_tasks.sweep, at=at),
        lambda: caught_up(at),
    ]
    rng.choice(steps)()


@db
@pytest.mark.parametrize("seed", range(4))
def test_after_a_random_story_the_sums_are_what_the_clocks_say(seed: int):
    home, rng = house(), Random(seed)
    found = [file(home, FRIDAY + n * HOUR) for n in range(4)]
    at = FRIDAY + 4 * HOUR
    for _ in range(60):
        at += timedelta(minutes=rng.randrange(1, 60 * 8))
        act_at_random(home, found, rng, at)
    case_tasks.sweep(at)
    caught_up(at)

    assert summed("d") == summed("m") == raw(home)
    kept = Counter(OnTime.objects.filter(n__gt=0).values_list())
    commands.mark([case.id for case in found])
    caught_up(at)
    commands.sum_up()
    assert Counter(OnTime.objects.values_list()) == kept
    total = report(home).total
    assert 2 * total.due == sum(raw(home).values()) > 8
    half = date(2026, 2, 14)
    assert report(home, FIRST, half).total.due == queries.how_many(home.chen, Which(FIRST, half))


@db
def test_every_number_opens_exactly_the_dues_it_counts():
    home, rng = house(), Random(7)
    found = [file(home, FRIDAY + n * HOUR) for n in range(4)]
    at = FRIDAY + 4 * HOUR
    for _ in range(50):
        at += timedelta(minutes=rng.randrange(1, 60 * 8))
        act_at_random(home, found, rng, at)
    caught_up(at)

    found_ = report(home)
    for respect, lines in found_.by.items():
        for key, line in lines.items():
            asked = {respect: int(key) if respect == "staff" else key}
            for what in ("due", "kept", "missed", "running"):
                which = Which(FIRST, LAST, what=what, **asked)  # type: ignore[arg-type]
                assert queries.how_many(home.chen, which) == getattr(line, what), (respect, key)
    walked, cursor = [], ""
    while True:
        page = queries.judged(home.chen, Which(FIRST, LAST), cursor=cursor, limit=3)
        walked += page.dues
        cursor = page.cursor
        if not cursor:
            break
    assert len(walked) == found_.total.due == Judged.objects.filter(hard=True).count()
    assert len({(d.number, d.milestone, d.due_at) for d in walked}) == len(walked)
