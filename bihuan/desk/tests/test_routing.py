"""Routing rules at the desk: edited, tried on last month, published, brought back (2.2.2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, RoutingVersion
from bihuan.cases.routing import shape
from bihuan.cases.tests.people import House, file
from bihuan.core.actors import SYSTEM
from bihuan.desk.tests.acts import took
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of

PLACE = "/desk/routing/"
MAIL = {"name": "邮件", "channels": ["email"], "department": "legal", "seen": 0}


def said(response: Any) -> str:
    return response.content.decode()


def save(client: Client, **changes: Any) -> Any:
    return client.post(f"{PLACE}rules/new/", MAIL | changes)


def publish(client: Client, **changes: Any) -> Any:
    draft = queries.draft_of()
    given = {"reason": "邮件多为规则咨询", "seen": draft.edits if draft else 0}
    return client.post(f"{PLACE}try/", given | changes)


def test_2_02_a_rule_is_saved_tried_published_and_followed(house: House, chen: Client):
    before = file(house, RECENTLY)

    saved = save(chen)
    tried = said(chen.get(f"{PLACE}try/"))
    published = publish(chen)
    after = file(house, NOW, external_id="after")

    assert (saved.status_code, saved["Location"]) == (302, PLACE)
    assert "1 件会去别的部门。" in tried
    assert "?from=customer_service&amp;to=legal#cases" in tried
    assert (published.status_code, published["Location"]) == (302, PLACE)
    assert (before.department, after.department) == ("customer_service", "legal")
    page = said(chen.get(PLACE))
    assert "第 1 版生效中" in page
    assert "渠道是邮件，交给法务部" in page
    assert "邮件多为规则咨询" in page
    assert "按分派规则“邮件”" in said(chen.get(after.desk_url))


def test_2_02_the_dry_run_leads_to_the_very_cases(house: House, chen: Client):
    case, other = file(house, RECENTLY), file(house, RECENTLY, channel="phone")
    save(chen)

    page = said(chen.get(f"{PLACE}try/?from=customer_service&to=legal"))

    assert case.desk_url in page
    assert other.desk_url not in page


def test_a_reason_is_asked_for_beside_its_field(house: House, chen: Client):
    save(chen)

    answer = publish(chen, reason=" ")

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in said(answer)
    assert not queries.published().exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issues": ["privacy_leak"]}, "手册的特别规定总是先行，规则不能改变<"),
        ({"name": ""}, "请填写这一项"),
        ({"department": ""}, "请填写这一项"),
        ({"fen_over": "很多"}, "请填写数字"),
        ({"fen_over": "NaN"}, "请填写数字"),
        ({"fen_over": "1e999999"}, "请填写数字"),
        ({"merchants": ["x"]}, "请填写数字"),
        ({"channels": ["fax"]}, "请从给出的选项中选择"),
        ({"words": "\u202e"}, "含有无法显示的字符"),
    ],
)
def test_bad_input_is_answered_beside_its_field_and_kept(
    house: House, chen: Client, changes: dict[str, Any], words: str
):
    answer = save(chen, **({"words": "电子发票"} | changes))

    assert answer.status_code == 422
    assert words in said(answer)
    assert ("words" in changes) or "电子发票" in said(answer)
    assert queries.draft_of() is None


def test_amounts_are_written_in_yuan_and_words_with_any_mark_between(house: House, chen: Client):
    save(chen, fen_over="1,000.5", words="发票、 税号,抬头", issues=["invoice"])

    (rule,) = shape.read(queries.draft_of().rules)
    assert (rule.fen_over, rule.words) == (100_050, ("发票", "税号", "抬头"))
    form = said(chen.get(f"{PLACE}rules/1/"))
    assert 'value="1000.50"' in form
    assert 'value="发票、税号、抬头"' in form


def test_rules_are_moved_changed_and_removed(house: House, chen: Client):
    save(chen)
    save(chen, name="网页", channels=["web"], seen=1)
    chen.post(f"{PLACE}rules/2/move/", {"to": 1, "seen": 2})
    other = chen.post(f"{PLACE}rules/2/", MAIL | {"name": "邮件改", "seen": 3, "was": "网页"})
    chen.post(f"{PLACE}rules/2/", MAIL | {"name": "邮件改", "seen": 3, "was": "邮件"})
    chen.post(f"{PLACE}rules/1/remove/", {"seen": 4})

    assert other.status_code == 422  # that rule stands elsewhere now
    assert [rule["name"] for rule in queries.draft_of().rules] == ["邮件改"]
    assert chen.post(f"{PLACE}rules/1/remove/", {"seen": 4}).status_code == 409
    assert chen.get(f"{PLACE}rules/9/").status_code == 404
    assert chen.post(f"{PLACE}drop/").status_code == 302
    assert queries.draft_of() is None


def test_the_draft_is_shown_beside_what_is_in_force(house: House, chen: Client):
    save(chen)
    save(chen, name="网页", channels=["web"], seen=1)
    publish(chen)
    chen.post(f"{PLACE}rules/1/", MAIL | {"channels": ["email", "app"], "was": "邮件"})
    chen.post(f"{PLACE}rules/2/remove/", {"seen": 1})
    save(chen, name="应用", channels=["app"], seen=2)

    page = said(chen.get(PLACE))

    assert "已修改" in page
    assert "新增" in page
    assert "将删除：网页" in page
    assert "永远轮不到：前面的“邮件”已经全部接走" in page
    assert "前面的规则已经接走" in said(publish(chen))


def test_a_version_is_brought_back_from_its_page(house: House, chen: Client):
    save(chen)
    publish(chen)

    refused = chen.post(f"{PLACE}versions/0/", {"reason": ""})
    done = chen.post(f"{PLACE}versions/0/", {"reason": "只按手册"})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert [row.rules for row in queries.published()] == [
        [],
        RoutingVersion.objects.get(number=1).rules,
    ]
    assert chen.get(f"{PLACE}versions/1/").status_code == 200
    assert chen.get(f"{PLACE}versions/9/").status_code == 404


def test_an_agent_reads_the_rules_and_changes_none(house: House, bo_bo: Client, chen: Client):
    save(chen)

    assert "新增规则" not in said(bo_bo.get(PLACE))
    assert save(bo_bo).status_code == 403
    assert bo_bo.get(f"{PLACE}try/").status_code == 403
    for path in ("drop/", "rules/1/remove/", "rules/1/move/", "versions/0/"):
        assert bo_bo.post(PLACE + path, {"to": 1, "seen": 1, "reason": "无"}).status_code == 403


def test_in_english_the_page_speaks_english(house: House, chen: Client):
    save(chen, words="发票", fen_over="5", fallback="customer_service", severity="major")

    page = said(chen.get(PLACE, headers={"accept-language": "en"}))

    assert "Routing rules" in page
    assert "the channel is" in page


def test_2_02_the_alarm_of_the_watched_queue_stands_on_the_supervisors_desk(
    house: House, chen: Client, bo_bo: Client
):
    file(house, RECENTLY, text="嗯嗯", category="")
    quiet = said(chen.get("/desk/inbox/"))
    tasks.watch(NOW)

    for path in ("/desk/inbox/", "/desk/dashboard/", PLACE, "/desk/team/"):
        assert "1 件投诉无法自动分派" in said(chen.get(path)), path
        assert "1 件投诉无法自动分派" not in said(bo_bo.get(path)), path
    assert "1 件投诉无法自动分派" not in quiet


def test_2_02_sorted_anew_a_case_is_offered_to_its_department_and_does_not_move_by_itself(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    before = said(bo_bo.get(case.desk_url))
    took(bo_bo, case, "classify", category="platform_rule", issue="promotion_rules", reason="看错")
    page = said(bo_bo.get(case.desk_url))

    assert "改类后应由" not in before
    assert case.department == "customer_service"
    assert "改类后应由法务部处理" in page
    took(bo_bo, case, "assign", department="legal")
    assert (case.department, case.owner_id) == ("legal", house.other_agent.id)
    assert "改类后应由" not in said(desk_of(house.other_agent).get(case.desk_url))


def test_2_02_a_rule_decides_where_a_case_sorted_anew_belongs(house: House, bo_bo: Client):
    commands.save_rule(
        rule=shape.rule({"name": "规", "department": "after_sales", "issues": ["promotion_rules"]}),
        by=house.chen, at=RECENTLY,
    )  # fmt: skip
    accounts.create_staff(
        name="孙岚", username="sun", roles=["agent"], department="after_sales", by=SYSTEM,
        at=RECENTLY,
    )  # fmt: skip
    commands.publish_routing(reason="试行", by=house.chen, at=RECENTLY)
    case = file(house, RECENTLY)
    took(bo_bo, case, "classify", category="platform_rule", issue="promotion_rules", reason="看错")

    assert "改类后应由售后服务部处理" in said(bo_bo.get(case.desk_url))
    assert Case.objects.get(id=case.id).department == "customer_service"
