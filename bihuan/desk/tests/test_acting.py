"""What the desk does: every step by its form, refusals with the words kept, all or none."""

from __future__ import annotations

import re

from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case, Entry, FollowUp
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import Role
from bihuan.desk import decide
from bihuan.desk.tests.acts import LATER, do, took, whole_form
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of
from bihuan.desk.tests.test_listing import words


def test_every_step_of_an_agent_is_taken_by_its_form(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    other = file(house, RECENTLY)
    me = str(house.bo_bo.id)
    took(bo_bo, case, "answer", text="我们已看到您的问题，正在核实。")
    took(bo_bo, case, "accept", text="已受理。")
    took(bo_bo, case, "note", text="商家未提供检验记录。")
    took(bo_bo, case, "confirm_problem", problem="底座开裂。")
    took(bo_bo, case, "review", reason="材料齐全", investigation="on")
    took(bo_bo, case, "propose", solution="拟全额退款。")
    took(bo_bo, case, "find", finding="照片与描述一致。", department="customer_service")
    took(bo_bo, case, "tell", text="初步结果：支持退款。")
    took(bo_bo, case, "repair", failed="支付回调失败", restored_at="2026-03-10T09:30")
    took(bo_bo, case, "plan", owner_id=me, due_on=LATER, text="优化包装")
    assert took(bo_bo, case, "classify", issue="counterfeit", reason="核对").issue == "counterfeit"
    assert took(bo_bo, case, "set_tier", tier="2", reason="影响扩大").tier == 2
    assert took(bo_bo, case, "set_priority", priority="urgent", reason="催促").priority == "urgent"
    assert took(bo_bo, case, "assign", owner_id=me, reason="由我跟进").owner_id == house.bo_bo.id
    assert (
        took(bo_bo, case, "resolve", outcome="supported", reason="属实", basis="2.3.2").state
        == "resolved"
    )
    fields = {"what": "回访", "owner_id": me, "due_on": LATER}
    plans = {f"follow_ups-{key}-1": value for key, value in fields.items()}
    assert (
        took(bo_bo, case, "notify", progress="已核对", result="退款", **plans).state == "notified"
    )
    assert took(bo_bo, other, "merge", into=case.number).state == "merged"


def test_a_second_person_approves_a_raised_severity(house: House, bo_bo: Client, chen: Client):
    case = file(house, RECENTLY)
    took(bo_bo, case, "set_severity", severity="major", reason="涉及多人")
    assert "待第二人复核" in chen.get(case.desk_url).content.decode()
    assert "do/approve_severity/" not in bo_bo.get(case.desk_url).content.decode()
    assert took(chen, case, "approve_severity").severity == "major"


def test_an_agent_declines_with_a_reason_and_its_basis(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    assert took(bo_bo, case, "decline", reason="不属于平台交易。", basis="1.3").state == "declined"


def test_a_supervisor_undoes_a_merge_and_takes_a_closed_case_up_again(house: House, chen: Client):
    merged, into = (file(house, RECENTLY) for _n in range(2))
    took(chen, merged, "merge", into=into.number)
    assert took(chen, merged, "unmerge", reason="并非同一事项").state == "filed"
    finish(into, house)
    assert took(chen, into, "reopen", text="退款未到账").state == "accepted"


def finish(case: Case, house: House) -> None:
    """Decided, told and confirmed."""
    case.refresh_from_db()
    form = whole_form(case, house.bo_bo)
    assert desk_of(house.chen).post(f"{case.desk_url}decide/", form).status_code == 302
    commands.confirm(number=case.number, by=house.ai_li, at=NOW)


def test_a_step_from_the_list_comes_back_to_the_list_with_its_filters(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    came = f"http://testserver/desk/inbox/{case.number}/?view=all&category=service_quality"
    back = bo_bo.post(f"{case.desk_url}do/note/", {"text": "备注"}, headers={"Referer": came})
    assert back["Location"] == f"/desk/inbox/{case.number}/?view=all&category=service_quality"


def test_a_refused_reply_keeps_its_words_and_says_why(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    seen = case.version
    commands.note(number=case.number, text="先到一步", by=house.chen, at=RECENTLY)
    response = do(bo_bo, case, "answer", text="还没发出去的话", expected_version=seen)
    page = response.content.decode()
    assert response.status_code == 409
    assert "内容已有更新" in page
    assert ">还没发出去的话</textarea>" in page
    assert "先到一步" in page
    assert f'name="expected_version" value="{seen + 1}"' in page
    assert not Entry.objects.filter(case_id=case.id, kind="answer").exists()


def test_a_refused_form_stands_open_with_what_was_written(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    response = do(bo_bo, case, "set_tier", tier="2", reason="")
    page = response.content.decode()
    retry = page[page.index("card retry") :][:4000]
    assert response.status_code == 422
    assert '<option value="2" selected>' in retry
    assert "请填写这一项" in retry
    assert retry.count("请填写这一项") == 2  # on top, and at its field


def test_pressing_twice_takes_the_step_once(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    form = {"text": "只说一次", "expected_version": case.version}
    answers = [bo_bo.post(f"{case.desk_url}do/answer/", form).status_code for _n in range(2)]
    assert answers == [302, 409]
    assert Entry.objects.filter(case_id=case.id, kind="answer").count() == 1


def test_a_step_that_is_not_in_the_table_is_not_found_and_one_of_others_is_refused(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    assert do(bo_bo, case, "explode").status_code == 404
    assert do(bo_bo, case, "confirm").status_code == 409
    assert do(bo_bo, case, "approve_severity").status_code == 403
    assert bo_bo.put(f"{case.desk_url}do/accept/").status_code == 405


def test_the_decision_form_takes_everything_that_is_owed_at_once(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    page = bo_bo.get(f"{case.desk_url}decide/").content.decode()
    assert page.count('<fieldset class="step">') == len(decide.steps(case))
    response = bo_bo.post(f"{case.desk_url}decide/", whole_form(case, house.bo_bo))
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.state == "notified"
    assert FollowUp.objects.get(case_id=case.id).owner_id == house.bo_bo.id


def test_the_decision_form_takes_nothing_when_one_field_is_missing(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    form = whole_form(case, house.bo_bo) | {"resolve-reason": "", "notify-follow_ups-due_on-1": ""}
    response = bo_bo.post(f"{case.desk_url}decide/", form)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count('<a href="#id_resolve-reason">') == 1
    assert page.count('<a href="#id_notify-follow_ups-due_on-1">') == 1
    assert "照片与描述一致。</textarea>" in page
    case.refresh_from_db()
    assert (case.state, case.version) == ("filed", 1)


def test_the_decision_form_takes_nothing_when_its_last_step_is_refused(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    form = whole_form(case, house.bo_bo) | {"notify-follow_ups-due_on-1": "2026-03-01"}
    response = bo_bo.post(f"{case.desk_url}decide/", form)
    assert response.status_code == 422
    assert "日期不能早于今天" in response.content.decode()
    case.refresh_from_db()
    assert (case.state, Entry.objects.filter(case_id=case.id, kind="accept").count()) == (
        "filed",
        0,
    )


def test_a_decision_on_an_old_page_is_refused_and_keeps_its_words(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    form = whole_form(case, house.bo_bo)
    commands.accept(number=case.number, text="已受理", by=house.chen, at=RECENTLY)
    response = bo_bo.post(f"{case.desk_url}decide/", form)
    page = response.content.decode()
    assert response.status_code == 409
    assert "内容已有更新" in page
    assert "商品有质量问题。</textarea>" in page
    assert f'name="expected_version" value="{case.version + 1}"' in page


def test_a_text_left_empty_repeats_the_one_above_it(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    steps = decide.steps(case)
    assert {"propose", "tell"} <= set(steps)
    form = whole_form(case, house.bo_bo) | {"tell-text": "", "notify-result": ""}
    assert bo_bo.post(f"{case.desk_url}decide/", form).status_code == 302
    said = Entry.objects.filter(case_id=case.id, kind="preliminary").get().text
    assert said == "拟全额退款。"
    assert "处理结果：拟全额退款。" in Entry.objects.get(case_id=case.id, kind="result").text


def test_a_case_that_has_ended_has_no_decision_form(house: House, chen: Client):
    case = file(house, RECENTLY)
    commands.withdraw(number=case.number, by=house.ai_li, at=RECENTLY)
    assert chen.get(f"{case.desk_url}decide/").status_code == 409


def test_another_department_may_read_but_not_decide(house: House):
    legal = desk_of(house.other_agent)
    case = file(house, RECENTLY)
    assert Role.AGENT in house.other_agent.roles
    assert "do/note/" in legal.get(case.desk_url).content.decode()
    assert "do/answer/" not in legal.get(case.desk_url).content.decode()
    assert legal.get(f"{case.desk_url}decide/").status_code == 403


def test_a_measure_is_ticked_off_where_it_is_listed(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    bo_bo.post(f"{case.desk_url}decide/", whole_form(case, house.bo_bo))
    listed = bo_bo.get(f"{case.desk_url}?tab=findings").content.decode()
    url = re.findall(r'action="(/desk/cases/[^"]+/measures/\d+/done/)"', listed)
    assert len(url) == 1
    assert bo_bo.post(url[0]).status_code == 302
    assert FollowUp.objects.get(case_id=case.id).done_at == NOW
    assert bo_bo.post(f"{case.desk_url}measures/1/done/").status_code == 404


def test_a_case_is_given_to_a_person_or_a_department_and_to_no_queue(house: House, bo_bo: Client):
    case = file(house, RECENTLY)

    page = words(bo_bo.get(f"{case.desk_url}do/assign/"))

    box = page.partition('name="department"')[2].partition("</select>")[0]
    assert "customer_service" in box
    assert "unrouted" not in box
    label = re.search(r'<label for="[^"]*owner_id"[^>]*>(.*?)</label>', page)
    assert label
    assert "选填" not in label[1]
    assert "与部门至少选一项" in page
