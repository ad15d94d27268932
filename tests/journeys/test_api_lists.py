"""Lists of cases over HTTP: two orders, every filter, and cursors that nobody can break (E.08)."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from django.utils import timezone

from bihuan.cases import tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import TEXT
from bihuan.events.models import Event
from tests.journeys.program import Api

pytestmark = pytest.mark.django_db


def walked(api: Api, query: str) -> list[str]:
    """The numbers on all pages, two a page."""
    seen, cursor = [], ""
    for _ in range(20):
        page = api.get(f"/cases?{query}&limit=2&cursor={cursor}").json()
        seen += [case["number"] for case in page["cases"]]
        cursor = page["next"]
        if not cursor:
            return seen
    raise AssertionError("the pages have no end")


def test_keyset_pages_show_every_case_once_in_the_order_of_the_inbox(api):
    numbers = [api.file(text=f"第{n}件：{TEXT}") for n in range(7)]
    Case.objects.filter(number=numbers[3]).update(next_due_at=None, next_milestone="")
    Case.objects.filter(number=numbers[5]).update(rank=0)

    seen = walked(api, "order=urgent")

    assert (seen[0], seen[-1]) == (numbers[5], numbers[3])
    assert sorted(seen) == sorted(numbers)


def test_newest_first_shows_cases_of_every_state_once(api):
    numbers = [api.file(text=f"第{n}件：{TEXT}") for n in range(5)]
    received = Case.objects.get(number=numbers[0]).received_at
    Case.objects.filter(number__in=numbers[:3]).update(received_at=received)
    api.post(f"/cases/{numbers[1]}/decline", {"reason": "不属于平台交易。", "basis": "1.3"})
    Case.objects.filter(number=numbers[2]).update(next_due_at=None)

    assert walked(api, "order=newest") == numbers[::-1]


def test_each_filter_narrows_the_list(api):
    number = api.file(kind="enquiry", channel="phone", text="七天无理由怎么办理？")
    api.file(kind="complaint")
    now = quote(timezone.now().isoformat())
    [case] = Case.objects.filter(number=number)

    for narrow in (
        "kind=enquiry",
        f"state=filed&owner={case.owner_id}&kind=enquiry",
        f"q={number}",
        "department=customer_service&kind=enquiry&category=service_quality&severity=general",
    ):
        assert walked(api, narrow) == [number], narrow
    assert walked(api, f"due_before={now}") == []
    assert walked(api, "state=closed") == []


def test_e_18_words_narrow_both_orders_soon_after_they_were_said(api):
    numbers = [api.file(text=f"第{n}件：{TEXT}") for n in range(3)]
    api.file(kind="enquiry", channel="phone", text="七天无理由怎么办理？")
    api.post(f"/cases/{numbers[0]}/note", {"text": "疑似批次问题。"})
    tasks.words_said(list(Event.objects.filter(kind__in=("case.filed", "case.noted"))))

    assert walked(api, "q=漏水&order=newest") == numbers[::-1]
    assert {*walked(api, "q=漏水")} == {*numbers}
    assert walked(api, "q=批次") == walked(api, "q=批次&order=newest") == numbers[:1]
    assert walked(api, "q=漏退&order=newest") == walked(api, "q=漏退") == []


@pytest.mark.parametrize(
    "query",
    [
        "state=riot", "kind=riot", "category=weather", "severity=grave", "order=oldest",
        "owner=波波", "owner=-1", f"owner={10**30}", "limit=0", "limit=201", "limit=x",
        "due_before=heute", "due_before=2026-02-13T16:00:00", "due_before=0001-01-01T00:00:00Z",
        "due_before=5", "q=%00", f"q={'长' * 101}", f"department={'d' * 31}",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_meant_is_named(api, query):
    answer = api.get(f"/cases?{query}")

    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [query.partition("=")[0]]


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


NO_CURSORS = [
    "x", "W10", "=", "%00", "九", "-" * 500, "bnVsbA", "e30", "MQ",
    cursor(1, 2, 3),
    cursor("a", "b", "c"),
    cursor(None, None, None),
    cursor(1, "2026-02-13T16:00:00", 5),
    cursor(1, "0001-01-01T00:00:00+14:00", 5),
    cursor(1, "9999-12-31T23:59:59-14:00", 5),
    cursor(10**40, "2026-02-13T16:00:00+08:00", 5),
    cursor(1, "2026-02-13T16:00:00+08:00", 10**40),
    cursor(1, "2026-02-13T16:00:00+08:00", "x"),
    cursor([1], {"a": 1}, [[]]),
    cursor(True, "2026-02-13T16:00:00+08:00", 1.5),
    cursor(float("inf"), "2026-02-13T16:00:00+08:00", float("nan")),
    cursor("2026-02-13T16:00:00", 5),
    cursor("2026-02-13T16:00:00+08:00", 10**40),
    cursor(5, "2026-02-13T16:00:00+08:00"),
    cursor(1, 2, 3, 4),
]  # fmt: skip


@pytest.mark.parametrize("order", ["urgent", "newest"])
@pytest.mark.parametrize("given", NO_CURSORS)
def test_a_cursor_that_does_not_read_back_is_422_and_no_error(api, order, given):
    answer = api.get(f"/cases?order={order}&cursor={given}")

    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["cursor"]


def test_a_cursor_of_the_other_order_is_refused(api):
    for n in range(3):
        api.file(text=f"第{n}件：{TEXT}")
    urgent = api.get("/cases?limit=1").json()["next"]
    newest = api.get("/cases?limit=1&order=newest").json()["next"]

    assert api.get(f"/cases?cursor={newest}").status_code == 422
    assert api.get(f"/cases?order=newest&cursor={urgent}").status_code == 422
