"""2.22 (2.3.2, 2.2.4): the sums of the on-time report say what the clocks say, at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases import commands as cases
from bihuan.cases import tasks as case_tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import handled, told
from bihuan.complaints import commands, lateness, queries, tasks
from bihuan.complaints.models import Judged, OnTime, Unreckoned
from bihuan.complaints.queries import Which
from bihuan.complaints.tests.people import HOUR
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound, Refusal
from bihuan.events.relay import drain

FIRST, LAST = date(2026, 2, 1), date(2026, 6, 30)
db = pytest.mark.django_db


def report(home: House, first: date = FIRST, last: date = LAST, hard: bool = True) -> Any:
    return queries.on_time(home.chen, first, last, hard=hard)


def caught_up(at: datetime) -> None:
    drain(at)
    tasks.reckon(at)


# ---- the steps of lateness


@given(st.integers(1, 5_000_000))
def test_a_step_holds_the_minutes_and_is_at_most_five_per_cent_wide(minutes: int):
    upper = lateness.upper(lateness.step(minutes))

    assert minutes <= upper <= max(minutes, minutes * 105 // 100 + 1)
    assert minutes > 60 or upper == minutes


@given(st.lists(st.integers(1, 60), min_size=1), st.sampled_from([50, 90]))
def test_a_percentile_is_the_nearest_rank(found: list[int], share: int):
    counts = Counter(lateness.step(minutes) for minutes in found)
    counts[lateness.KEPT], counts[lateness.RUNNING] = 7, 3

    exact = sorted(found)[-(-len(found) * share // 100) - 1]

    assert lateness.percentile(counts, share) == exact


def test_of_nothing_late_there_is_no_median():
    assert lateness.percentile({lateness.KEPT: 5, lateness.RUNNING: 2}, 50) is None


def test_an_interval_is_that_of_wilson():
    assert lateness.interval(0, 0) == (0.0, 100.0)
    assert lateness.interval(5, 50) == (4.3, 21.4)
    assert lateness.interval(50, 50) == (92.9, 100.0)


# ---- what is counted


@db
def test_a_due_that_was_missed_and_one_that_was_kept_are_counted_where_they_belong():
    home = house()
    case = file(home)
    cases.accept(number=case.number, by=home.bo_bo, at=FRIDAY + HOUR)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)

    found = report(home, date(2026, 2, 14), date(2026, 2, 14))
    assert (found.total.due, found.total.kept, found.total.running) == (2, 0, 2)
    cases.answer(number=case.number, text="已联系商家。", by=home.bo_bo, at=FRIDAY + 27 * HOUR)
    caught_up(FRIDAY + 27 * HOUR)

    found = report(home)
    response = found.by["milestone"]["case.first_response"]
    assert (response.due, response.missed, response.running) == (1, 1, 0)
    assert (response.late(50), response.rate) == (lateness.upper(lateness.step(180)), 0.0)
    assert found.by["milestone"]["complaint.accepted"].rate == 100.0
    assert found.by["staff"][str(home.bo_bo.id)].due == found.total.due
    assert found.by["department"].keys() == {"customer_service"}


@db
def test_a_merit_stays_with_whoever_had_the_case_when_the_due_was_decided():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    cases.assign(
        number=case.number, owner_id=home.other_agent.id, reason="改派", by=home.chen,
        at=FRIDAY + 26 * HOUR,
    )  # fmt: skip
    cases.answer(
        number=case.number, text="已联系商家。", by=home.other_agent, at=FRIDAY + 27 * HOUR
    )
    caught_up(FRIDAY + 27 * HOUR)

    found = report(home)

    assert found.by["staff"].keys() == {str(home.bo_bo.id)}
    assert found.by["department"].keys() == {"customer_service"}


@db
def test_a_correction_of_the_severity_moves_what_was_counted_and_what_it_makes_void_is_not():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)
    before = report(home).by["severity"]
    assert set(before) == {"general"}

    later = FRIDAY + 26 * HOUR
    who = {"number": case.number, "at": later}
    cases.set_severity(**who, severity="major", reason="涉及人身安全", by=home.bo_bo)
    cases.approve_severity(**who, by=home.chen)
    caught_up(later)

    after = report(home).by["severity"]
    assert set(after) == {"major"}
    assert after["major"].due == Clock.objects.filter(hard=True, late_at__isnull=False).count()
    assert OnTime.objects.filter(severity="general", n__gt=0).count() == 0


@db
def test_what_was_missed_stays_missed_when_the_case_is_withdrawn_and_the_rest_is_no_due():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    cases.withdraw(number=case.number, by=home.ai_li, at=FRIDAY + 26 * HOUR)
    caught_up(FRIDAY + 26 * HOUR)

    total = report(home).total

    assert (total.due, total.missed, total.running) == (2, 2, 0)
    assert total.late(50) == lateness.upper(lateness.step(120))


@db
def test_soft_dues_stand_apart():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    caught_up(FRIDAY + 3 * HOUR)

    soft = Clock.objects.filter(hard=False, done_at__isnull=False).count()
    hard = Clock.objects.filter(hard=True, done_at__isnull=False).count()
    assert report(home, hard=False).total.due == soft
    assert report(home).total.due == hard > 0


@db
def test_what_is_heard_twice_is_counted_once():
    home = house()
    case = file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)
    before = report(home).total.steps

    for _ in range(2):
        commands.mark([case.id, case.id])
        tasks.reckon(FRIDAY + 26 * HOUR)

    assert report(home).total.steps == before
    assert not Unreckoned.objects.exists()


# ---- a random story


def raw(home: House) -> Counter[tuple[str, str, bool]]:
    """The hard dues that were kept or missed, straight from the clocks and their cases."""
    severity = dict(Case.objects.values_list("id", "severity"))
    found: Counter[tuple[str, str, bool]] = Counter()
    for row in Clock.objects.filter(hard=True):
        if row.done_at or row.late_at:
            kept = row.done_at is not None and row.done_at <= row.due_at
            found[row.milestone, severity[row.case_id], kept] += 1
    return found


def summed(grain: str) -> Counter[tuple[str, str, bool]]:
    found: Counter[tuple[str, str, bool]] = Counter()
    for row in OnTime.objects.filter(grain=grain, scope="k", hard=True, n__gt=0):
        found[row.milestone, row.severity, row.step == lateness.KEPT] += row.n
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
    assert commands.rebuild(at=at) == 4
    assert Counter(OnTime.objects.values_list()) == kept
    total = report(home).total
    assert total.due == sum(raw(home).values()) > 4
    for line in (report(home, *days).total for days in ((FIRST, date(2026, 2, 14)),)):
        assert line.due == queries.how_many(home.chen, Which(FIRST, date(2026, 2, 14)))


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


# ---- who may read, and what may be asked


@db
def test_reports_are_for_those_who_answer_for_the_handling_and_the_management():
    home = house()
    manager = Actor(5, frozenset({Role.AGENT}), "management")

    queries.on_time(manager, FIRST, LAST)
    for by in (home.bo_bo, home.ai_li, Actor(5, frozenset({Role.CUSTOMER}), "management")):
        for ask in (queries.on_time, queries.answered, queries.drift):
            with pytest.raises(NotFound):
                ask(by, FIRST, LAST)
        with pytest.raises(NotFound):
            queries.judged(by, Which(FIRST, LAST))
        with pytest.raises(NotFound):
            queries.unreckoned(by)


@db
@pytest.mark.parametrize("last", [date(2026, 1, 31), date(2029, 3, 1)])
def test_a_period_begins_before_it_ends_and_is_no_longer_than_can_be_read(last: date):
    home = house()

    for ask in (queries.on_time, queries.answered, queries.drift):
        with pytest.raises(Invalid):
            ask(home.chen, FIRST, last)


@db
def test_records_are_counted_by_clause_department_person_and_cause():
    home = house()
    file(home)
    case_tasks.sweep(FRIDAY + 25 * HOUR)
    caught_up(FRIDAY + 25 * HOUR)

    found = queries.answered(home.chen, FIRST, LAST)

    assert dict(found.total.states) == {"open": 2}
    assert found.by["staff"][str(home.bo_bo.id)].total == 2
    assert found.by["department"]["customer_service"].total == 2
    assert {"1.4", "4.2"} <= set(found.by["clause"])


@db
def test_drift_is_what_people_changed_of_what_the_rules_said():
    home = house()
    one, other = file(home), file(home)
    cases.set_severity(
        number=one.number, severity="major", reason="涉及安全", by=home.bo_bo, at=FRIDAY + HOUR
    )
    cases.approve_severity(number=one.number, by=home.chen, at=FRIDAY + HOUR)
    cases.accept(number=other.number, by=home.bo_bo, at=FRIDAY + HOUR)
    caught_up(FRIDAY + HOUR)

    total, people = queries.drift(home.chen, FIRST, LAST)

    assert (total.cases, total.raised, total.lowered, total.share) == (2, 1, 0, 50.0)
    first = people[0]
    assert (first.staff_id, first.cases, first.raised) == (one.owner_id, 1, 1)
    assert (first.enough, first.stands_out(total)) == (False, False)
    assert SYSTEM.id == 0
