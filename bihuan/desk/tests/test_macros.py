"""Canned replies at the desk: kept on their page, put into a composer, and what goes along."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands, queries, variables
from bihuan.cases.models import Case, Entry, Macro
from bihuan.cases.tests.people import House, file
from bihuan.cases.tests.stories import said
from bihuan.desk import macro_form
from bihuan.desk.tests.acts import do
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of

WHOLE = {"name": "催办", "shortcut": "cb", "composer": "answer", "body": "案件 {{number}} 已催。"}


def made(home: House, **changes: Any) -> Macro:
    raw = WHOLE | {"scope": "everybody"} | changes
    return commands.save_macro(raw=raw, by=home.chen, at=RECENTLY)


@pytest.fixture
def case(house: House) -> Case:
    filed = file(house, RECENTLY)
    return commands.accept(number=filed.number, text="受理。", by=house.bo_bo, at=RECENTLY)


def words(case: Case) -> list[str]:
    return list(Entry.objects.filter(case_id=case.id).order_by("id").values_list("text", flat=True))


def test_e_01_an_agent_keeps_a_canned_reply_of_his_own(house: House, bo_bo: Client) -> None:
    response = bo_bo.post("/desk/macros/new/", WHOLE | {"scope": "own"})

    assert response["Location"] == "/desk/macros/"
    page = bo_bo.get("/desk/macros/").content.decode()
    assert "催办" in page
    assert ";cb" in page
    row = Macro.objects.get()
    changed = bo_bo.post(f"/desk/macros/{row.id}/", WHOLE | {"name": "改过", "version": row.version,
                                                             "scope": "own"})  # fmt: skip
    assert changed.status_code == 302
    assert bo_bo.post(f"/desk/macros/{row.id}/delete/").status_code == 302
    assert not Macro.objects.exists()


def test_e_01_a_fault_stands_at_its_field_and_the_words_stay(house: House, bo_bo: Client) -> None:
    response = bo_bo.post("/desk/macros/new/", WHOLE | {"body": "{{oder}} 已发", "scope": "own"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "没有这样的变量：oder" in page
    assert "{{oder}} 已发" in page
    assert not Macro.objects.exists()


def test_e_01_a_shortcut_that_another_reply_has_is_refused_at_its_field(
    house: House, bo_bo: Client
) -> None:
    made(house)

    taken = bo_bo.post("/desk/macros/new/", WHOLE | {"name": "我的", "scope": "own"})
    free = bo_bo.post("/desk/macros/new/", WHOLE | {"shortcut": "cb2", "scope": "own"})
    mine = Macro.objects.get(shortcut="cb2")
    again = bo_bo.post(
        f"/desk/macros/{mine.id}/", WHOLE | {"shortcut": "cb2", "name": "改过", "scope": "own"}
    )

    assert taken.status_code == 422
    page = taken.content.decode()
    assert "“催办”已经用了这个快捷码，请换一个" in page
    assert 'id="id_shortcut_error"' in page
    assert free.status_code == again.status_code == 302


def test_e_01_an_agent_reads_a_shared_one_and_cannot_change_it(house: House, bo_bo: Client) -> None:
    row = made(house)

    page = bo_bo.get("/desk/macros/").content.decode()

    assert "催办" in page
    assert f"/desk/macros/{row.id}/" not in page
    assert bo_bo.get(f"/desk/macros/{row.id}/").status_code == 404
    assert bo_bo.post(f"/desk/macros/{row.id}/delete/").status_code == 403
    assert Macro.objects.count() == 1


def test_e_01_the_preview_is_of_a_real_case(house: House, bo_bo: Client, case: Case) -> None:
    given = WHOLE | {"body": "{{number}} {{order}} {{nope}}", "case": case.number}

    page = bo_bo.post("/desk/macros/preview/", given).content.decode()

    assert f"{case.number} {{{{order}}}} {{{{nope}}}}" in page
    assert "这件案件没有" in page
    assert "没有这样的变量，不能保存" in page
    hers = bo_bo.post("/desk/macros/preview/", given | {"case": "TS99"}).content.decode()
    assert "没有找到这个编号的案件" in hers


def test_e_01_without_script_the_words_stand_in_the_composer(
    house: House, bo_bo: Client, case: Case
) -> None:
    row = made(house, tag="催办", priority="urgent", assign_to="after_sales")

    page = bo_bo.post(f"{case.desk_url}macro/", {"macro": row.id, "text": "您好。"})

    shown = page.content.decode()
    assert f"您好。\n\n案件 {case.number} 已催。</textarea>" in shown
    assert 'name="also" value="tag:催办" checked' in shown
    assert "优先级改为“紧急”" in shown
    assert words(case)[-1] == "受理。"


def test_e_01_the_words_and_what_goes_along_are_one_step_or_none(
    house: House, bo_bo: Client, case: Case
) -> None:
    also = ["assign:after_sales", "set_priority:urgent", "tag:催办"]

    refused = do(bo_bo, case, "answer", text="已催。", also=[*also[:2], "tag:" + "长" * 30])
    assert refused.status_code == 422
    case.refresh_from_db()
    assert (case.priority, words(case)[-1]) != ("urgent", "已催。")
    assert "已催。</textarea>" in refused.content.decode()

    assert do(bo_bo, case, "answer", text="已催。", also=also).status_code == 302

    case.refresh_from_db()
    assert (case.priority, case.department) == ("urgent", "after_sales")
    assert [tag.name for tag in queries.tags([case.id])[case.id]] == ["催办"]
    assert [e.kind for e in said(case)][-4:] == [
        "case.answered", "case.priority_set", "case.tagged", "case.assigned",
    ]  # fmt: skip


def test_e_01_what_goes_along_waits_with_the_words_and_comes_back_with_them(
    house: House, bo_bo: Client, case: Case, settings: Any
) -> None:
    settings.UNDO_SECONDS = 8
    do(bo_bo, case, "answer", text="已催。", also=["set_priority:urgent"])
    case.refresh_from_db()
    assert case.priority != "urgent"
    (held,) = queries.waiting(house.bo_bo, case)

    bo_bo.post(f"/desk/held/{held.id}/undo/")
    page = bo_bo.get(case.desk_url).content.decode()
    assert 'name="also" value="set_priority:urgent" checked' in page

    do(bo_bo, case, "answer", text="已催。", also=["set_priority:urgent"])
    (again,) = queries.waiting(house.bo_bo, case)
    commands.release(held_id=again.id, take=commands.take, at=NOW)
    case.refresh_from_db()
    assert case.priority == "urgent"
    assert words(case)[-2:] == ["已催。", "使用常用语时一并办理"]


def test_e_01_a_variable_left_over_is_named_and_nothing_is_sent(
    house: House, bo_bo: Client, case: Case
) -> None:
    response = do(bo_bo, case, "answer", text="您的订单 {{order}} 已退款")

    assert response.status_code == 422
    assert "请先补全：order" in response.content.decode()
    assert words(case)[-1] == "受理。"


def test_e_01_the_form_of_a_step_offers_its_own_and_takes_them(
    house: House, bo_bo: Client, case: Case
) -> None:
    row = made(house, composer="propose", name="全额退款方案", body="为 {{number}} 全额退款。")

    sheet = bo_bo.get(f"{case.desk_url}do/propose/", headers={"HX-Request": "true"})
    assert "全额退款方案" in sheet.content.decode()
    assert "全额退款方案" not in bo_bo.get(case.desk_url).content.decode()

    page = bo_bo.post(f"{case.desk_url}macro/", {"macro": row.id, "solution": "先道歉。"})
    assert f"先道歉。\n\n为 {case.number} 全额退款。</textarea>" in page.content.decode()


def test_e_01_the_page_explains_every_variable_that_there_is() -> None:
    assert tuple(macro_form.VARIABLES) == variables.VARIABLES


def test_e_01_the_script_is_told_what_has_no_value(house: House, bo_bo: Client, case: Case) -> None:
    row = made(house, body="{{number}} {{order}}", tag="催办")

    told = bo_bo.get(f"{case.desk_url}macros/{row.id}/").json()

    assert told == {
        "text": f"{case.number} {{{{order}}}}",
        "composer": "answer",
        "also": [{"value": "tag:催办", "label": "加上标签“催办”"}],
        "missing": ["order"],
    }
    stranger = desk_of(house.other_agent)
    own = commands.save_macro(
        raw=WHOLE | {"scope": "own", "shortcut": "cb2"}, by=house.bo_bo, at=RECENTLY
    )
    assert stranger.get(f"{case.desk_url}macros/{own.id}/").status_code == 404
