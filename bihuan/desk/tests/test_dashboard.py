"""Every number of the overview opens, and opens exactly the cases it counts (UI rule 14)."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from bihuan.cases import commands, tasks
from bihuan.cases.models import Case, Clock
from bihuan.cases.queries import figures
from bihuan.cases.tests.people import House, file
from bihuan.complaints import commands as complaints
from bihuan.complaints.queries import overview
from bihuan.core.clocks import SHANGHAI
from bihuan.desk.tests.acts import whole_form
from bihuan.desk.tests.conftest import NOW, desk_of
from bihuan.events.relay import drain

DAY = timedelta(days=1)
LINK = re.compile(
    r'<a href="([^"]+)"(?: aria-label="([^"]*)"| title="([^"]*)")?[^>]*>(.*?)</a>', re.DOTALL
)
COUNT = re.compile(r"(\d+) ?[件个]")


def summed() -> None:
    """As the worker leaves it, whatever was done to the rows."""
    drain(NOW)
    complaints.mark(Case.objects.values_list("id", flat=True))
    complaints.reckon(at=NOW)


@pytest.fixture
def week(house: House) -> House:
    """Seven cases of a week: three decided in time, one told late, three nobody has touched."""
    ages = (6, 5, 4, 3, 2, 1, 0)
    cases = [file(house, NOW - age * DAY - timedelta(hours=age + 1)) for age in ages]
    chen = desk_of(house.chen)
    for case in cases[:4]:
        chen.post(f"{case.desk_url}decide/", whole_form(case, house.chen))
    for case in cases[1:4]:  # as if it had been done on its first day
        told = case.received_at + timedelta(hours=5)
        Case.objects.filter(id=case.id).update(told_at=told)
        Clock.objects.filter(case_id=case.id, done_at__isnull=False).update(done_at=told)
    file(house, NOW - 2 * DAY, category="platform_rule")
    file(house, NOW - 2 * DAY, kind="enquiry")
    summed()
    return house


def words(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, (url, response.status_code)
    return str(response.content.decode())


def size_of(client: Client, url: str) -> int:
    """How many cases the list behind an address holds, as it says and as it shows."""
    page = words(client, url)
    said = re.search(r'<span class="num">(\d+) 件</span>', page)
    assert said, url
    assert page.count("data-row") == int(said[1]), url
    return int(said[1])


def counted(page: str) -> list[tuple[str, int]]:
    """Every link of the page that says how many cases stand behind it."""
    found = []
    for url, label, title, inside in LINK.findall(page):
        told = COUNT.search(html.unescape(label or title or re.sub(r"<[^>]+>", "", inside)))
        if told and "/desk/inbox/" in url:
            found.append((html.unescape(url), int(told[1])))
    return found


def test_every_link_that_says_a_number_of_cases_leads_to_so_many(week: House, chen: Client):
    links = [
        (url, n) for url, n in counted(words(chen, "/desk/dashboard/")) if "figure=due" not in url
    ]

    sizes = {url: size_of(chen, url) for url, _n in links}

    assert len(links) >= 20
    assert {url: n for url, n in links if "figure=late" not in url} == {
        url: size for url, size in sizes.items() if "figure=late" not in url
    }


def test_a_rate_leads_to_the_cases_that_were_due_and_to_those_that_were_late(
    week: House, chen: Client
):
    page = words(chen, "/desk/dashboard/")
    responses = [(u, n) for u, n in counted(page) if "milestone=case.first_response" in u]

    due = next(one for one in responses if "figure=due" in one[0])
    late = next(one for one in responses if "figure=late" in one[0])

    assert 0 < late[1] < due[1]
    assert (size_of(chen, due[0]), size_of(chen, late[0])) == (due[1], late[1])


def test_the_rate_is_what_was_kept_of_what_was_due(week: House, chen: Client):
    start, end = figures.midnight((NOW - 6 * DAY).date()), NOW
    rows = Clock.objects.filter(
        milestone="case.first_response", hard=True, due_at__gt=start, due_at__lt=end
    )
    kept = [row for row in rows if row.done_at and row.done_at <= row.due_at]

    page = words(chen, "/desk/dashboard/")

    first = page[page.index("24 小时响应率") :]
    assert f"{100 * len(kept) / len(rows):.1f}<small>%" in first[:1200]


def test_a_due_at_the_end_of_a_working_day_belongs_to_that_day(house: House):
    case = file(house, NOW - 5 * DAY)
    row = Clock.objects.filter(case_id=case.id, hard=True, due_at__lt=NOW).first()
    assert row is not None
    midnight = figures.midnight((NOW - DAY).date())
    Clock.objects.filter(case_id=case.id).delete()
    row.due_at, row.effective_due_at = midnight, midnight
    row.save(force_insert=True)

    summed()
    days = overview(house.chen, (NOW - 3 * DAY).date(), 4, NOW).kept_by_day()

    assert {day: told.due for day, told in days.items()} == {(NOW - 2 * DAY).date(): 1}


def test_who_waited_in_vain_still_counts_after_giving_up(house: House):
    late, early = (file(house, NOW - 3 * DAY) for _ in range(2))
    given_up = {"text": "不等了", "by": house.ai_li}
    commands.withdraw(number=early.number, at=NOW - 3 * DAY + timedelta(hours=1), **given_up)
    tasks.sweep(NOW - DAY)
    commands.withdraw(number=late.number, at=NOW, **given_up)

    summed()
    week = overview(house.chen, (NOW - 3 * DAY).date(), 4, NOW)

    kept = week.kept("case.first_response")
    assert (kept.due, kept.kept) == (1, 0)


def test_a_period_without_cases_has_no_link_and_no_false_zero(house: House, chen: Client):
    page = words(chen, "/desk/dashboard/")

    assert "本期没有到期的时限" in page
    assert counted(page[page.index('class="kpis"') : page.index("halves-wide")]) == []
    assert "<small>%" not in page


def test_who_may_not_see_a_case_does_not_count_it_either(house: House, bo_bo: Client):
    hidden, seen = file(house, NOW - 4 * DAY), file(house, NOW - 4 * DAY)
    Case.objects.filter(id=hidden.id).update(restricted=True, owner_id=house.chen.id)
    Case.objects.filter(id=seen.id).update(owner_id=house.bo_bo.id)
    first = figures.midnight((NOW - 6 * DAY).date()).date()

    summed()
    flow = overview(house.bo_bo, first, 7, NOW).flow

    assert sum(day.filed for day in flow) == 1
    rows = Clock.objects.filter(case_id=seen.id, hard=True, due_at__lt=NOW)
    assert sum(day.due for day in flow) == rows.count() > 0
    assert house.chen.id not in figures.loads(house.bo_bo, NOW)


def test_each_figure_says_how_it_is_counted_for_which_days_and_from_how_many(
    week: House, chen: Client
):
    page = words(chen, "/desk/dashboard/")

    told = re.findall(r'<div class="pop" id="kpi-why-\d".*?</div>', page, re.DOTALL)
    assert len(told) == 4
    for one in told:
        assert re.search(r"期间 2026年3月5日—3月11日.*\d+ [件个]", one), one


@pytest.mark.parametrize("days", ["0", "91", "many", "-7", "7.5"])
def test_a_period_that_is_none_is_refused_in_words(house: House, chen: Client, days: str):
    response = chen.get(f"/desk/dashboard/?days={days}")

    assert response.status_code == 422
    assert "days" not in re.sub(r"<[^>]+>", "", response.content.decode())


def test_charts_have_a_table_with_the_same_numbers(week: House, chen: Client):
    page = words(chen, "/desk/dashboard/")

    assert page.count('<details class="data-table">') == 3
    table = page[page.index('<details class="data-table">') :]
    table = table[: table.index("</details>")]
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>(\d+)</td>', table)
    bars = re.findall(r'aria-label="([^" ]+) 新增 (\d+) 件"', page)
    assert [row for row in rows if row[1] != "0"] == [bar for bar in bars if bar[1] != "0"]


def test_a_told_case_stands_behind_the_day_it_was_told(week: House, chen: Client):
    case = Case.objects.filter(state="notified", told_at__lt=NOW).order_by("id").first()
    assert case is not None
    assert case.told_at is not None
    day = case.told_at.astimezone(SHANGHAI).date().isoformat()

    page = words(chen, f"/desk/inbox/?view=every&figure=told&from={day}&to={day}")

    assert f'id="row-{case.number}"' in page


def test_the_days_of_a_part_are_those_of_the_same_days_read_alone(week: House):
    first = (NOW - 2 * DAY).date()

    part = overview(week.chen, first, 3, NOW, before=4).of(first, 3)

    alone = overview(week.chen, first, 3, NOW)
    assert part == alone
    assert sum(day.filed for day in alone.flow) == 5
    assert (alone.hours.told, alone.kept("case.first_response").due) != (0, 0)


def test_a_period_counts_what_was_told_and_how_long_it_took(week: House):
    first = (NOW - 6 * DAY).date()

    found = overview(week.chen, first, 7, NOW)

    rows = Case.objects.filter(told_at__gte=figures.midnight(first))
    took = [(c.told_at - c.round_at).total_seconds() / 3600 for c in rows if c.told_at]
    assert found.hours.told == len(took) == 4
    assert found.hours.mean == round(sum(took) / 4, 1)
