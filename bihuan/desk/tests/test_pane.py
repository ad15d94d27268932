"""The pane of a case: its buttons, its next step, its parts that come anew, and its paper."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import Actor
from bihuan.desk import steps
from bihuan.desk.forms import LABELS
from bihuan.desk.tests.acts import do, took
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of


def words(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def sheet(client: Client, case: Case, action: str) -> str:
    """The form of a step, as the sheet asks for it."""
    return words(client.get(f"{case.desk_url}do/{action}/", headers={"HX-Request": "true"}))


def offered(page: str) -> set[str]:
    """The steps a page leads to, takes at once, or has the composer for."""
    found = set(re.findall(r"/do/([a-z_]+)/", page))
    return found | ({"resolve"} if "/decide/" in page else set())


#: Only for what somebody else has asked for; the handbook of 2025 lists no reason to pause.
ASKED_FOR = {
    "approve_severity", "approve_kind", "approve_pause", "pause", "resume", "keep_severity",
    "keep_kind",
}  # fmt: skip


def table(case: Case, by: Actor) -> set[str]:
    """The steps the table of HOUSE §6b offers this actor here, where they are wanted."""
    return {step.action for step in queries.offered(case, by)} & set(LABELS)


def test_every_step_of_the_table_has_its_button_and_no_other_has(house: House, chen: Client):
    case = file(house, RECENTLY)
    into = file(house, RECENTLY)
    seen = {}
    for state, act in (
        ("filed", None),
        ("accepted", lambda: took(chen, case, "accept", text="已受理")),
        ("merged", lambda: took(chen, case, "merge", into=into.number)),
    ):
        if act:
            act()
        case.refresh_from_db()
        assert case.state == state
        seen[state] = offered(words(chen.get(case.desk_url)))
        known = table(case, house.chen) - ASKED_FOR
        # a filed case is decided in a form that accepts it first
        assert seen[state] - ({"resolve"} if state == "filed" else set()) == known, state
    assert "decline" in seen["filed"]
    assert seen["merged"] == {"unmerge"}


def test_the_next_step_is_the_one_that_presses_and_leads_there(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    page = words(bo_bo.get(case.desk_url))
    before = page[page.index("建议的下一步") :][:900]
    took(bo_bo, case, "answer", text="正在核对。")
    page = words(bo_bo.get(case.desk_url))
    after = page[page.index("建议的下一步") :][:900]

    assert "明天 08:00 前完成“答复用户”" in before
    assert 'href="#reply"' in before
    assert "完成“提出初步方案”" in after
    assert f'href="{case.desk_url}do/propose/" data-sheet' in after


def test_a_step_that_is_late_is_called_late(house: House, bo_bo: Client):
    case = file(house, NOW - timedelta(days=2))

    page = words(bo_bo.get(case.desk_url))

    assert "“答复用户”已超期，请马上完成" in page


def test_nobody_is_sent_to_a_form_that_would_refuse_them(house: House):
    case = file(house, NOW - timedelta(days=2))

    page = words(desk_of(house.other_agent).get(case.desk_url))

    assert "/decide/" not in page
    assert 'href="#reply"' not in page


def test_who_reads_the_words_of_a_step_is_said_above_its_fields(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    for action, reader in (("propose", "用户可见"), ("review", "内部，用户不可见")):
        form = sheet(bo_bo, case, action)
        assert reader in form[: form.index('class="field')], action


def test_the_form_of_a_step_stands_alone_for_the_sheet_and_open_on_a_page_without_script(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    took(bo_bo, case, "note", text="先记一笔。")

    alone = sheet(bo_bo, case, "propose")
    page = words(bo_bo.get(f"{case.desk_url}do/propose/"))

    assert "<html" not in alone
    assert f'<form class="sheet-in" method="post" action="{case.desk_url}do/propose/"' in alone
    assert 'name="expected_version" value="2" data-version' in alone
    assert 'name="solution"' in alone
    assert f'<form class="card retry" method="post" action="{case.desk_url}do/propose/"' in page
    assert 'name="solution"' in page
    assert "<title>" in page
    material = sheet(bo_bo, case, "add_material")
    assert 'enctype="multipart/form-data"' in material


def test_the_form_of_a_step_that_is_not_possible_names_those_that_are(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    early = bo_bo.get(f"{case.desk_url}do/reopen/")
    elsewhere = desk_of(house.other_agent).get(f"{case.desk_url}do/propose/")
    decided = bo_bo.get(f"{case.desk_url}do/resolve/")

    assert early.status_code == 409
    assert early.context["problem"]["possible"] == steps.offered(case, house.bo_bo)
    assert elsewhere.status_code == 403
    assert decided["Location"] == f"{case.desk_url}decide/"
    assert bo_bo.get(f"{case.desk_url}do/nonsense/").status_code == 404
    assert bo_bo.get("/desk/cases/TS2026031000000001/do/propose/").status_code == 404


def test_no_choice_that_matters_is_made_by_not_looking(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    decide = words(bo_bo.get(f"{case.desk_url}decide/"))
    raised = sheet(bo_bo, case, "set_severity")

    outcome = decide[decide.index('name="resolve-outcome"') :]
    severity = raised[raised.index('id="set_severity_severity"') :]
    assert outcome[outcome.index("<option") :].startswith('<option value="" selected>请选择')
    assert severity[severity.index("<option") :].startswith('<option value="" selected>请选择')


def test_an_issue_is_chosen_by_its_name_in_its_category(house: House, bo_bo: Client):
    page = sheet(bo_bo, file(house, RECENTLY), "classify")

    field = page[page.index('id="classify_issue"') :]
    field = field[: field.index("</select>")]
    assert '<optgroup label="服务质量类">' in field
    assert re.search(r'<option value="product_quality">商品质量问题', field)


def test_the_parts_that_come_anew_tell_the_version_and_the_new_state(house: House, chen: Client):
    case = file(house, RECENTLY)
    page = words(chen.get(f"/desk/inbox/{case.number}/?view=all"))
    parts = [url.replace("&amp;", "&") for url in re.findall(r'data-live="([^"]+)"', page)]
    commands.accept(number=case.number, text="已受理，正在核对。", by=house.chen, at=RECENTLY)

    fresh = {url.rpartition("part=")[2]: words(chen.get(url)) for url in parts}

    assert sorted(fresh) == ["context", "head", "rows", "tab"]
    assert 'data-version-now="2"' in fresh["head"]
    assert "处理中" in fresh["head"]
    assert "已受理，正在核对。" in fresh["tab"]
    assert "<h1" not in "".join(fresh.values())


def test_a_timeline_says_to_whom_from_what_to_what_and_by_whom(house: House, chen: Client):
    case = file(house, RECENTLY)
    took(chen, case, "assign", owner_id=str(house.other_agent.id))
    took(chen, case, "set_priority", priority="urgent", reason="用户再三催促")
    took(chen, case, "set_tier", tier="2", reason="影响扩大")

    page = words(chen.get(case.desk_url))

    story = re.sub(r"<[^>]+>", "", page[page.index("data-story") :])
    assert re.search(r"陈主管 已分派\s+法务部 · 法务何", story)
    assert re.search(r"已调整优先级 · 一般 → 紧急", story)
    assert re.search(r"已调整响应级别 · 1 级响应 → 2 级响应", story)


def test_2_01_the_log_says_from_what_to_what_and_that_there_is_a_reason(house: House, chen: Client):
    case = file(house, RECENTLY)
    who: dict[str, Any] = {"number": case.number, "by": house.chen, "at": RECENTLY}
    commands.set_priority(**who, priority="urgent", reason="用户催促")
    commands.classify(**who, issue="promotion_rules", reason="属规则问题")
    commands.assign(**who, owner_id=house.other_agent.id)

    page = words(chen.get(f"{case.desk_url}?tab=log"))

    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert re.search(r"已调整优先级 \S+ → 紧急 （理由见时间线）", said)
    assert re.search(r"→ 平台规则类.{0,40}（理由见时间线）", said)
    assert "客服部 · 波波 → 法务部 · 法务何" in said
    assert "用户催促" not in said
    assert said.count("（理由见时间线）") == 2


def test_notices_that_went_out_in_a_row_are_one_line(house: House):
    from bihuan.desk import story

    line = {"kind": "message.delivered", "told": "站内消息", "at": "09:00"}
    other = line | {"told": "邮件", "at": "09:01"}
    said = {"kind": "case.answered", "told": "", "at": "09:02"}

    folded = story._folded([dict(line), dict(other), dict(line), said, dict(line)])

    assert [one["told"] for one in folded] == ["站内消息、邮件", "", "站内消息"]


def test_on_paper_stands_everything_whatever_tab_was_open(house: House, chen: Client):
    case = file(house, RECENTLY)
    took(chen, case, "find", finding="照片与描述一致。", department="customer_service")
    took(chen, case, "note", text="只给自己看的话。")

    paper = words(chen.get(f"{case.desk_url}print/"))

    written = ("照片与描述一致。", "只给自己看的话。", "加水后漏水", "2.2.3", "2026年3月11日 10:00")
    assert [said for said in written if said not in paper] == []
    assert len(re.findall(r'<td class="mono">[0-9a-f]{12}</td>', paper)) == 3
    assert "data-live-url" in paper


def test_a_stale_step_shows_the_newer_state_beside_the_kept_form(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    seen = case.version
    commands.accept(number=case.number, text="已受理", by=house.chen, at=RECENTLY)

    page = do(bo_bo, case, "propose", solution="拟退款", expected_version=seen).content.decode()

    assert "内容已有更新" in page
    assert "处理中" in page[: page.index("card retry")]
    assert "拟退款</textarea>" in page
    assert 'name="expected_version" value="2"' in page


def test_a_measure_of_another_case_or_of_nobody_is_not_found(house: House, chen: Client):
    case, other = file(house, RECENTLY), file(house, RECENTLY)
    took(chen, case, "plan", owner_id=str(house.bo_bo.id), due_on="2026-03-20", text="优化包装")
    url = re.findall(
        rf"{case.desk_url}measures/\d+/done/", words(chen.get(f"{case.desk_url}?tab=findings"))
    )[0]

    elsewhere = chen.post(url.replace(case.number, other.number))

    assert elsewhere.status_code == 404
    assert chen.post(url).status_code == 302
