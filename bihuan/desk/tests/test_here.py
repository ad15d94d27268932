"""Two agents on one case: they see each other, and the later of two replies loses no word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Entry, Presence
from bihuan.cases.tests.people import House, file
from bihuan.core.refusals import NotFound
from bihuan.desk.tests.acts import do
from bihuan.desk.tests.conftest import NOW, RECENTLY, desk_of


@pytest.fixture
def case(house: House) -> Case:
    filed = file(house, RECENTLY)
    return commands.accept(number=filed.number, text="受理。", by=house.bo_bo, at=RECENTLY)


def beat(client: Client, case: Case, **given: str) -> str:
    response = client.post(f"{case.desk_url}here/", given)
    assert response.status_code == (204 if "leave" in given else 200)
    return response.content.decode()


def test_e_03_each_is_told_of_the_other_and_never_of_himself(
    house: House, bo_bo: Client, chen: Client, case: Case
) -> None:
    assert beat(bo_bo, case, writing="1").strip() == ""

    told = beat(chen, case, writing="0")
    assert "<b>波波</b> 正在回复" in told
    assert "陈主管" not in told
    assert "陈主管 也在看这件案件" in beat(bo_bo, case, writing="0")
    assert "波波 也在看这件案件" in chen.get(case.desk_url).content.decode()

    beat(bo_bo, case, leave="1")
    assert "波波" not in beat(chen, case)


def test_e_03_who_has_closed_the_lid_is_gone_after_a_minute(house: House, case: Case) -> None:
    commands.be_here(number=case.number, writing=True, by=house.chen, at=NOW)

    def seen(after: int) -> list[str]:
        at = NOW + timedelta(seconds=after)
        return [one.name for one in queries.others_here(case, house.bo_bo, at)]

    assert (seen(45), seen(55)) == (["陈主管"], [])
    tasks.tend(NOW + timedelta(hours=2))
    assert not Presence.objects.exists()


def test_e_03_words_on_their_way_are_announced_to_the_other(
    house: House, bo_bo: Client, chen: Client, case: Case, settings: Any
) -> None:
    settings.UNDO_SECONDS = 8
    do(bo_bo, case, "answer", text="马上退款。")

    told = beat(chen, case)

    assert "<b>波波</b> 的答复几秒后发出" in told
    assert "马上退款" not in told


def test_e_03_a_case_that_one_may_not_see_says_nothing_of_its_readers(
    house: House, case: Case
) -> None:
    Case.objects.filter(id=case.id).update(restricted=True)
    stranger = desk_of(house.other_agent)

    assert stranger.post(f"{case.desk_url}here/").status_code == 404
    assert queries.others_here(case, house.ai_li, NOW) == []
    with pytest.raises(NotFound):
        commands.be_here(number=case.number, writing=True, by=house.ai_li, at=NOW)


def test_e_03_the_later_reply_finds_the_earlier_beside_its_words_and_goes_out_after_it(
    house: House, bo_bo: Client, chen: Client, case: Case
) -> None:
    seen = case.version
    do(chen, case, "answer", text="主管已联系商家退款。")

    late = {"expected_version": seen, "text": "我也联系了商家。"}
    response = bo_bo.post(f"{case.desk_url}do/answer/", late)

    page = response.content.decode()
    assert response.status_code == 409
    assert "您书写期间的新内容" in page
    newer = page[page.index("您书写期间的新内容") : page.index('id="reply"')]
    assert "主管已联系商家退款。" in newer
    assert "受理。" not in newer
    assert "我也联系了商家。</textarea>" in page
    case.refresh_from_db()
    assert f'name="expected_version" value="{case.version}" data-version' in page

    again = bo_bo.post(f"{case.desk_url}do/answer/", late | {"expected_version": case.version})
    assert again.status_code == 302
    texts = Entry.objects.filter(case_id=case.id).order_by("id").values_list("text", flat=True)
    assert list(texts)[-2:] == ["主管已联系商家退款。", "我也联系了商家。"]


def test_e_03_the_form_of_a_step_shows_the_news_too(
    house: House, bo_bo: Client, chen: Client, case: Case
) -> None:
    seen = case.version
    do(chen, case, "note", text="商家失联。")

    given = {"expected_version": seen, "solution": "拟全额退款。"}
    page = bo_bo.post(f"{case.desk_url}do/propose/", given).content.decode()

    assert "商家失联。" in page[page.index("您书写期间的新内容") : page.index("拟全额退款。")]


def test_e_03_a_change_without_a_word_lets_the_reply_pass_and_is_said_after_it(
    house: House, bo_bo: Client, chen: Client, case: Case
) -> None:
    seen = case.version
    do(chen, case, "set_priority", priority="urgent", reason="用户催促")

    mine = {"expected_version": seen, "text": "明天给您退款。"}
    response = bo_bo.post(f"{case.desk_url}do/answer/", mine, follow=True)

    page = response.content.decode()
    assert response.status_code == 200
    assert Entry.objects.filter(case_id=case.id, text="明天给您退款。").exists()
    assert "期间另有变更：" in page
    said = page[page.index("期间另有变更：") :][:80]
    assert "已调整优先级" in said
    assert "→ 紧急" in said


def test_e_03_ones_own_reply_that_went_out_meanwhile_is_no_news_but_the_same_words_are(
    house: House, bo_bo: Client, chen: Client, case: Case
) -> None:
    seen = case.version
    do(bo_bo, case, "answer", text="已联系商家。", expected_version=seen)
    do(chen, case, "set_priority", priority="urgent", reason="用户催促")

    def send(text: str) -> int:
        given = {"expected_version": seen, "text": text}
        return bo_bo.post(f"{case.desk_url}do/answer/", given).status_code

    assert send("已联系商家。") == 409
    assert send("商家答应退款。") == 302
