"""Faults seen in other systems that count time: each is a story in which ours does it right.

What is kept, who may and what is erased: test_faults_of_peers_kept.py.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, supervisor
from bihuan.cases.tests.test_recounting import text as year_2027
from bihuan.core.actors import SYSTEM
from bihuan.core.clocks import SHANGHAI
from bihuan.desk.tests.test_calendar import filled as official
from bihuan.policy import commands as policy
from tests.journeys.handbooks import another
from tests.journeys.walk import DAY, HOUR

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_days(walk: Walk, tmp_path: Path) -> Walk:
    """Limits of hours are longer than any story, so that working days alone press."""
    hours = re.compile(r"\{ hours = \d+ \}")
    another(tmp_path, FRIDAY - 30 * DAY, promises=lambda text: hours.sub("{ hours = 720 }", text))
    return walk


def shanghai(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)


def filed(walk: Walk, received: str) -> Case:
    walk.at = shanghai(received)
    return walk.called(received_at=received)


def events(walk: Walk, case: Case, *kinds: str) -> list[dict[str, Any]]:
    found = walk.api.get(f"/cases/{case.number}/events").json()
    return [e for e in found if e["kind"] in kinds]


PRESSING = ("clock.warned", "clock.missed", "clock.escalated", "case.tier_set")


def pressed(walk: Walk, case: Case) -> list[tuple[str, str]]:
    return [(e["kind"], e["data"].get("milestone", "")) for e in events(walk, case, *PRESSING)]


def test_holidays_make_warning_and_escalation_later_and_never_nearer(by_days: Walk):
    """django-helpdesk took the working days off as calendar days: holidays brought them nearer."""
    walk, case = by_days, filed(by_days, "2026-09-30T10:00")

    for day in range(1, 9):  # National Day, and the first working day after it
        walk.until(shanghai(f"2026-10-0{day}T12:00"))
    during = pressed(walk, case)
    walk.until(shanghai("2026-10-09T18:01"))
    warned = pressed(walk, case)
    walk.until(shanghai("2026-10-10T00:01"))
    walk.until(shanghai("2026-10-10T04:01"))

    assert during == []
    assert case.number not in walk.letters(walk.home.chen).partition("超时上报")[0]
    review = "complaint.initial_review_done"  # two working days: 8 and 9 October
    assert warned == [("clock.warned", review)]
    assert pressed(walk, case)[1:] == [("clock.missed", review), ("clock.escalated", review)]
    case.refresh_from_db()
    assert (case.tier, case.priority) == (1, "general")


def test_what_only_tells_changes_nothing_of_the_case(walk: Walk):
    """django-helpdesk's --notify-only lowered the priority of the ticket all the same."""
    supervisor("管理层", "management")
    case = walk.called()
    filed = row(case)

    walk.until(FRIDAY + 20 * HOUR + HOUR / 60)
    warned = row(case)
    walk.until(FRIDAY + 25 * HOUR)
    late = row(case)
    walk.until(FRIDAY + 29 * HOUR)

    assert len(events(walk, case, "clock.warned")) > 0
    assert warned == filed
    assert [e["data"]["rung"] for e in events(walk, case, "clock.escalated")] == [1]
    assert row(case) == late
    walk.until(FRIDAY + 97 * HOUR)
    case.refresh_from_db()
    assert (case.priority, case.severity, case.owner_id) == (
        filed["priority"], filed["severity"], filed["owner_id"],
    )  # fmt: skip


def row(case: Case) -> dict[str, Any]:
    return Case.objects.filter(id=case.id).values().get()


def test_one_case_has_as_many_limits_as_it_was_promised_each_missed_by_itself(walk: Walk):
    """osTicket knows one grace period for each plan, so a second limit needs a second system."""
    case = walk.called()

    clocks = walk.api.get(f"/cases/{case.number}/clocks").json()
    for hours in (24, 48, 72):
        walk.until(FRIDAY + hours * HOUR + HOUR / 60)

    assert len({(c["milestone"], c["due_at"]) for c in clocks}) == len(clocks) == 10
    missed = [e["data"] for e in events(walk, case, "clock.missed")]
    after = {(m["milestone"], datetime.fromisoformat(m["due_at"]) - FRIDAY) for m in missed}
    assert after == {
        ("case.first_response", DAY), ("case.initial_solution_sent", DAY),
        ("complaint.accepted", 2 * DAY), ("complaint.preliminary_result_sent", 2 * DAY),
        ("case.handling_done", 3 * DAY),
        ("complaint.final_feedback_sent", 3 * DAY),
    }  # fmt: skip


def test_a_soft_limit_is_no_breach_because_a_hard_one_stands_beside_it(walk: Walk):
    """osTicket asked whether any flag is set where it meant one of them (`flags && FLAG`)."""
    case = walk.called()

    walk.until(FRIDAY + 49 * HOUR)  # soft since 48 h; what is hard of the same step has 72 h

    clocks = walk.api.get(f"/cases/{case.number}/clocks").json()
    soft = [c for c in clocks if c["milestone"] == "case.handling_done"]
    assert [(c["hard"], c["state"]) for c in soft] == [(False, "running"), (True, "running")]
    missed = {e["data"]["milestone"] for e in events(walk, case, "clock.missed")}
    assert "case.handling_done" not in missed
    assert "complaint.accepted" in missed


def test_a_new_arrangement_recounts_what_is_paused_too_and_tells_both_sides(listed: Walk):
    """Frappe recounted open tickets only; paused ones kept the old date, and nobody was told."""
    walk, home, second = listed, listed.home, supervisor("第二主管")
    running, paused = filed(walk, "2026-04-30T09:00"), filed(walk, "2026-04-30T09:05")
    walk.did(
        home.chen, paused, "pause", reason_id="appraisal", until_at="2026-05-06T10:00",
        reason="送检测机构鉴定",
    )  # fmt: skip
    walk.did(second, paused, "approve_pause")
    old = {case.id: last_due(walk, case) for case in (running, paused)}

    made = walk.send(home.chen, "/desk/calendar/", official(**{"work-4": "2026-05-17"}))
    walk.send(second, f"{made['Location']}approve/")  # Saturday 9 May rests after all
    walk.until(walk.at + HOUR)

    new = {case.id: last_due(walk, case) for case in (running, paused)}
    assert (old[running.id], new[running.id]) == ("2026-05-12", "2026-05-13")
    assert (old[paused.id], new[paused.id]) == ("2026-05-13", "2026-05-14")
    for case in (running, paused):
        [moved] = events(walk, case, "clock.rescheduled")
        [was, now] = moved["data"]["dues"]["complaint.final_feedback_sent"]
        assert (was[0], now[0]) == ("-", "+")
        case.refresh_from_db()
        handler = next(who for who in (home.bo_bo, home.chen) if who.id == case.owner_id)
        assert f"{case.number} 的时限已重新计算" in walk.letters(home.ai_li)
        assert f"{case.number} 的时限已重算，用户已同时收到通知" in walk.letters(handler)


def test_a_day_has_two_windows_with_lunch_between_them(walk: Walk):
    """Frappe has one window for each weekday, so nobody can be away at noon.

    Limits know no windows: an hour is an hour of the wall (1.4), a working day a whole one
    (2.3.1). Windows say who is there to be given a case.
    """
    lunch = [(day, *window) for day in range(1, 6) for window in ((540, 720), (780, 1080))]
    accounts.set_shifts(staff_id=walk.home.bo_bo.id, shifts=lunch, by=SYSTEM, at=FRIDAY)

    there = {
        hour: walk.home.bo_bo.id in people.on_duty_ids(shanghai(f"2026-02-13T{hour}"))
        for hour in ("08:59", "11:59", "12:00", "12:59", "13:00", "17:59", "18:00")
    }

    assert [hour for hour, is_there in there.items() if is_there] == ["11:59", "13:00", "17:59"]


def last_due(walk: Walk, case: Case) -> str:
    """Five working days (2.3.1), as the midnight that ends them."""
    clocks = walk.api.get(f"/cases/{case.number}/clocks").json()
    [due] = [
        c["due_at"]
        for c in clocks
        if c["state"] == "running" and "C-2.3.1-2" in {p["promise"] for p in c["promises"]}
    ]
    assert due.endswith("T00:00:00+08:00")
    return str(due[:10])


def test_a_weekend_is_no_time_of_a_clock_of_working_days(by_days: Walk):
    """Chatwoot let a limit say “only in business hours” and counted the hours on the wall."""
    walk, case = by_days, filed(by_days, "2026-03-13T20:00")  # a Friday evening

    for moment in ("14T12:00", "15T23:00", "16T09:00"):
        walk.until(shanghai(f"2026-03-{moment}"))
    weekend = pressed(walk, case)
    walk.until(shanghai("2026-03-17T18:01"))  # Monday is the first day, Tuesday the second

    assert weekend == []
    assert pressed(walk, case) == [("clock.warned", "complaint.initial_review_done")]
    assert "超期了" not in walk.see(walk.home.ai_li, case.url)
    walk.until(shanghai("2026-03-18T00:01"))
    assert "超期了" in walk.see(walk.home.ai_li, case.url)


def test_a_case_of_late_december_has_dues_in_a_year_nobody_has_arranged(walk: Walk):
    """chinese-calendar 1.11.0 raised NotImplementedError for every day of 2027."""
    home, case = walk.home, filed(walk, "2026-12-30T10:00")

    before = preliminary(walk, case)
    assert (before["due_at"][:10], before["status"]) == ("2027-01-06", "provisional")
    assert "暂定" in walk.see(home.ai_li, f"{case.url}")
    assert "暂定" in walk.see(home.bo_bo, f"{case.desk_url}?tab=clocks")

    at = shanghai("2026-12-30T11:00")
    arranged = year_2027().replace(
        "first = 2027-01-01, last = 2027-01-03, work = []",
        "first = 2027-01-01, last = 2027-01-04, work = [2027-01-09]",
    )  # Monday 4 January is free, a Saturday is worked for it
    proposed = policy.propose_year(text=arranged, by=home.chen, at=at)
    policy.approve_year(id=proposed.id, by=supervisor("第二主管"), at=at)
    walk.until(at + HOUR)

    after = preliminary(walk, case)
    assert (after["due_at"][:10], after["status"]) == ("2027-01-07", "final")
    running = [c for c in clocks_of(walk, case) if c["state"] == "running"]
    assert {c["status"] for c in running} == {"final"}
    assert "暂定" not in walk.see(home.ai_li, case.url)
    assert "2027年1月5日 24:00 → 2027年1月6日 24:00" in walk.letters(home.ai_li)


def clocks_of(walk: Walk, case: Case) -> list[dict[str, Any]]:
    return list(walk.api.get(f"/cases/{case.number}/clocks").json())


def preliminary(walk: Walk, case: Case) -> dict[str, Any]:
    """Three working days (2.3.1)."""
    return next(
        c
        for c in clocks_of(walk, case)
        if c["milestone"] == "complaint.preliminary_done" and c["state"] == "running"
    )
