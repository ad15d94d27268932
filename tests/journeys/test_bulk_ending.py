"""E.06 over HTTP: many cases decided, and their results told, each by its own gate (2.2.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bihuan.cases import commands
from bihuan.cases.models import Case, Entry
from bihuan.cases.tests.people import House
from bihuan.cases.tests.stories import handled, resolved
from tests.journeys.test_bulk import HOUR, NOW, carried_out, cases, desk, home, order, words

pytestmark = pytest.mark.django_db
__all__ = ["home"]  # the fixture


def test_e_06_many_cases_are_decided_each_by_its_own_gate(home: House):
    some, client = cases(home), desk(home.bo_bo)
    for case in some[:2]:
        handled(home, case, NOW - HOUR / 2)
    decision = {
        "outcome": "supported", "reason": "{{number}} 属同一批次底座缺陷。", "basis": "2.3.2",
    }  # fmt: skip
    commands.accept(number=some[2].number, text="受理。", by=home.bo_bo, at=NOW - HOUR / 2)

    order(client, "resolve", decision, chosen=[f"{case.number}:0" for case in some])
    run = carried_out()

    page = words(client.get(f"/desk/bulk/{run.id}/"))
    states = [Case.objects.get(id=case.id).state for case in some]
    said = Entry.objects.get(case_id=some[0].id, kind="decision").text
    assert states == ["resolved", "resolved", "accepted"]
    assert f"{some[0].number} 属同一批次底座缺陷。" in said
    assert "作出处理前还要完成：" in page
    assert "1 件未办理" in page


def test_e_06_many_results_are_told_each_with_its_own_facts(home: House):
    some, client = cases(home, 2), desk(home.bo_bo)
    resolved(home, some[0], NOW - HOUR / 2)
    notice = {
        "progress": "核对了同一批次的底座。", "result": "您的案件 {{number}} 全额退款。",
        "follow_ups-what-1": "回访确认到账", "follow_ups-owner_id-1": str(home.bo_bo.id),
    }  # fmt: skip
    picked = [f"{case.number}:0" for case in some]
    asked = words(client.get("/desk/bulk/", {"action": "notify", "chosen": picked}))
    assert "{{number}}" in asked  # what can be filled for each case
    late = notice | {"action": "notify", "chosen": picked, "follow_ups-due_on-1": "2020-01-01"}
    assert client.post("/desk/bulk/", late).status_code == 422

    due = f"{timezone.localdate() + timedelta(days=3):%Y-%m-%d}"
    order(client, "notify", notice | {"follow_ups-due_on-1": due}, chosen=picked)
    run = carried_out()

    first = Case.objects.get(id=some[0].id)
    assert (first.state, Case.objects.get(id=some[1].id).state) == ("notified", "filed")
    assert (
        f"您的案件 {first.number} 全额退款。"
        in Entry.objects.get(case_id=first.id, kind="result").text
    )
    assert first.waits_until is not None  # its person confirms, or silence closes it
    assert "1 件未办理" in words(client.get(f"/desk/bulk/{run.id}/"))


def test_e_06_a_variable_that_a_case_has_no_fact_for_goes_out_to_nobody(home: House):
    [case], client = cases(home, 1), desk(home.bo_bo)
    resolved(home, case, NOW - HOUR / 2)
    due = f"{timezone.localdate() + timedelta(days=3):%Y-%m-%d}"
    notice = {
        "progress": "核对了订单。", "result": "订单 {{order}} 全额退款。",
        "follow_ups-what-1": "回访确认到账", "follow_ups-owner_id-1": str(home.bo_bo.id),
        "follow_ups-due_on-1": due,
    }  # fmt: skip

    order(client, "notify", notice, chosen=[f"{case.number}:0"])
    carried_out()

    assert Case.objects.get(id=case.id).state == "resolved"
