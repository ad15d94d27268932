"""What notices say of a case: true dues, true severities, and internal words for staff alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import DAY, HOUR, closed, handled, on, said, told
from bihuan.events.models import Event
from bihuan.policy.loader import load_current

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def facts(case: Case, kind: str) -> queries.Told:
    event = said(case, kind)[-1]
    return queries.facts([event])[event.stream, event.seq]


def notice(id: str, case: Case, kind: str, *, english: bool = False) -> str:
    """The body of this notice as its reader gets it."""
    found = load_current().notices[id]
    known = facts(case, kind)
    variables = known.staff_variables if found.audience == "staff" else known.variables
    with translation.override("en" if english else "zh-hans"):
        given = {name: variables[name] for name in found.variables}
    return (found.body_en if english else found.body).format(**given)


def test_an_acceptance_names_the_due_of_the_result_and_not_of_the_next_answer():
    home = house()
    case = file(home)
    commands.accept(**on(case, home.bo_bo), text="受理")

    zh = notice("accepted", case, "case.accepted")
    en = notice("accepted", case, "case.accepted", english=True)

    assert "我们会在 2月16日 16:00 前告知您处理结果" in zh
    assert "told the result by 16 Feb 16:00 at the latest." in en
    assert facts(case, "case.accepted").variables["due"].endswith("14日 16:00")


def test_a_result_without_a_due_ahead_is_promised_in_general_words():
    home = house()
    case = file(home, kind="suggestion", text="希望增加夜间客服。")
    commands.accept(**on(case, home.bo_bo), text="受理")

    assert "我们会在 处理完毕后告知您处理结果" in notice("accepted", case, "case.accepted")
    said_in_english = notice("accepted", case, "case.accepted", english=True)
    assert "told the result as soon as it is decided." in said_in_english


def test_a_raised_severity_is_named_with_its_reason_to_staff():
    home = house()
    case = file(home)
    commands.set_severity(**on(case, home.bo_bo), severity="major", reason="涉及多人。")

    body = notice("severity_proposed", case, "case.severity_proposed")

    assert "提请调高为重大：涉及多人。须由另一人复核" in body


def test_internal_words_are_in_no_variable_of_a_customer():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    commands.set_severity(**on(case, home.bo_bo), severity="major", reason="内部理由，不外传")
    events = list(Event.objects.filter(stream=case.id))

    known = queries.facts(events).values()

    assert len(known) == len(events)
    for one in known:
        words = " ".join(one.variables.values())
        assert not any(inner in words for inner in ("不外传", "材料齐全", "出厂检验", "第24条"))
    assert any("不外传" in one.staff_variables["words"] for one in known)


def test_a_severity_is_told_as_it_became_and_not_as_it_is_now():
    home = house()
    case = file(home)
    commands.set_severity(**on(case, home.bo_bo), severity="major", reason="涉及多人")
    commands.approve_severity(**on(case, home.chen))
    commands.set_severity(**on(case, home.bo_bo, FRIDAY + 2 * HOUR), severity="general", reason="x")

    assert "调整为重大" in notice("severity_changed", case, "case.severity_approved")
    assert "调整为一般" in notice("severity_changed", case, "case.severity_set")


def test_a_refusal_says_its_basis_once_and_promises_no_appeal():
    home = house()
    case = file(home)
    commands.decline(**on(case, home.bo_bo), reason="不属于平台内交易。", basis="手册 1.3。")

    zh = notice("declined", case, "case.declined")
    en = notice("declined", case, "case.declined", english=True)

    assert "理由：不属于平台内交易。依据：手册 1.3。如有" in zh
    assert zh.count("依据") == 1
    assert "申诉" not in zh
    assert "Basis: 手册 1.3. If" in en
    assert "appeal" not in en


def test_a_repair_is_told_to_an_english_reader_without_a_chinese_label():
    home = house()
    case = file(home)
    commands.accept(**on(case, home.bo_bo), text="受理")
    commands.repair(**on(case, home.bo_bo), failed="Payments", restored_at=FRIDAY)

    body = notice("repaired", case, "case.repaired", english=True)

    assert "Payments\nRestored at: 2026-02-13 16:00." in body


def test_a_result_is_told_without_the_labels_of_its_parts():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)

    body = notice("result", case, "case.result_notified")

    assert "处理进度：核对照片与订单，联系商家并完成认定。\n处理结果：支持" in body
    assert "处理过程：" not in body
    assert body.count("处理结果：") == 1


def test_a_closed_case_may_be_reopened_until_the_moment_its_notice_names():
    home = house()
    case = file(home)
    closed(home, case)
    case.refresh_from_db()
    until = queries.reopens_until(case)

    body = notice("closed", case, "case.confirmed")

    assert f"{until:%H}" == "15"  # 23:00 in Shanghai
    assert "2月14日 23:00 前可申请重新处理，之后可以提交新的投诉" in body
    tasks.tend(until - SECOND)
    case.refresh_from_db()
    assert case.state == "closed"
    tasks.tend(until)
    case.refresh_from_db()
    assert case.state == "archived"
    assert queries.reopens_until(case) is None


def test_the_end_that_a_result_names_for_silence_is_the_true_one():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    case.refresh_from_db()
    until = queries.reopens_until(case)

    body = notice("result", case, "case.result_notified")
    tasks.tend(case.waits_until)

    case.refresh_from_db()
    assert case.state == "closed"
    assert queries.reopens_until(case) == until
    assert f"推定已解决，{(until + 8 * HOUR):%-m月%-d日} 23:00 前仍可申请重新处理" in body


def test_a_reminder_names_the_same_end():
    home = house()
    case = file(home)
    handled(home, case)
    told(home, case)
    tasks.tend(FRIDAY + 6 * DAY)

    assert " 23:00 前仍可申请重新处理" in notice("confirm_reminder", case, "case.reminded")
