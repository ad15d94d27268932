"""What a case says of its result: in its round, in the reader's language, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.cases import commands, queries, tasks
from bihuan.cases.fields import FIELDS
from bihuan.cases.models import Case
from bihuan.portal.tests.doors import fill, sign_in, words
from bihuan.portal.tests.test_following import TOLD, filed, told
from bihuan.web.words import due_moment

NEW = "第二轮的新答复"


@pytest.fixture
def aili(house: Any, client: Client) -> Client:
    return sign_in(client, house.ai_li)


def disputed(house: Any) -> Case:
    """The result of the first round is not accepted."""
    case = told(house, filed(house))
    return commands.dispute(
        number=case.number, text="只退了一半。", by=house.ai_li, at=timezone.now()
    )


def closed(house: Any, aili: Client) -> Case:
    case = told(house, filed(house))
    aili.post(f"{case.url}confirm/", {"version": str(case.version)})
    case.refresh_from_db()
    return case


def said_until(case: Case) -> str:
    until = queries.reopens_until(case)
    assert until is not None
    return f"{due_moment(until, timezone.now())} 前"


def test_a_disputed_result_is_not_shown_as_the_last_answer(house, aili):
    case = disputed(house)

    page = words(aili.get(case.url))

    assert TOLD not in page
    assert "最近的答复" not in page
    assert f"{case.url}result/" not in page
    assert aili.get(f"{case.url}result/").status_code == 302
    assert TOLD in words(aili.get(f"{case.url}timeline/"))


def test_an_answer_of_the_second_round_is_shown_instead_of_the_old_result(house, aili):
    case = disputed(house)
    commands.answer(number=case.number, text=NEW, by=house.bo_bo, at=timezone.now())

    page = words(aili.get(case.url))

    assert NEW in page.split("最近的答复")[1]
    assert TOLD not in page


def test_a_closed_case_names_the_last_moment_to_reopen_it(house, aili):
    case = closed(house, aili)

    assert f"{case.url}reopen/" in words(aili.get(case.url))
    for url in (case.url, f"{case.url}result/"):
        page = words(aili.get(url))
        assert f"如问题再次出现，{said_until(case)}可申请重新处理；之后可以提交新的投诉" in page


def test_an_archived_case_leads_to_a_new_complaint(house, aili):
    case = closed(house, aili)
    tasks.tend(queries.reopens_until(case))

    page = words(aili.get(case.url))

    assert "不能再重新处理。如问题再次出现，可以提交新的投诉" in page
    assert 'href="/orders/pick/">我要投诉</a>' in page
    assert "可申请重新处理；" not in page
    assert f"{case.url}reopen/" not in page


def test_a_result_says_until_when_silence_can_be_undone(house, aili):
    case = told(house, filed(house))

    for url in (case.url, f"{case.url}result/"):
        assert f"按已办结处理；{said_until(case)}仍可申请重新处理" in words(aili.get(url))


def test_3_2_a_refused_case_offers_an_appeal_and_a_new_complaint(house, aili):
    case = filed(house)
    commands.decline(
        number=case.number, reason="不属于本平台", basis="1.2", by=house.bo_bo, at=timezone.now()
    )

    page = words(aili.get(case.url))

    assert f'href="{case.url}appeal/"' in page
    assert 'href="/orders/pick/"' in page


def test_a_public_event_with_internal_words_stands_in_the_record_without_them(house, aili):
    case = told(house, filed(house))

    page = words(aili.get(f"{case.url}timeline/"))

    assert "已作出处理" in page
    assert "已完成初审" in page
    assert "不外传" not in page


@pytest.mark.parametrize("place", ["", "result/", "timeline/"])
def test_an_english_reader_sees_no_chinese_label_in_a_result(house, aili, place):
    case = told(house, filed(house))
    aili.cookies["django_language"] = "en"

    page = words(aili.get(f"{case.url}{place}"))

    assert "处理过程：" not in page
    assert "处理结果：" not in page
    assert "Progress: 已检测。" in page
    assert f"Result: {TOLD}" in page


def test_english_pages_say_until_when_a_case_can_be_reopened(house, aili):
    case = closed(house, aili)
    aili.cookies["django_language"] = "en"

    page = words(aili.get(case.url))
    tasks.tend(queries.reopens_until(case) + timedelta(days=1))
    archived = words(aili.get(case.url))

    assert "you can ask for the case to be reopened; after that" in page
    assert "It can no longer be reopened. If the problem comes back" in archived


def test_what_the_person_wants_is_kept_in_chinese_whatever_the_page_is_read_in(house, aili):
    aili.cookies["django_language"] = "en"
    token = fill(aili)
    shown = words(aili.get(f"/complaints/new/check/?draft={token}"))

    aili.post(f"/complaints/new/check/?draft={token}", {})

    assert "341.00 yuan" in shown
    assert Case.objects.get().wish == "退货退款；希望退回 341.00 元"


@pytest.mark.parametrize("step", ["withdraw", "message", "dispute", "reopen"])
def test_too_many_words_for_a_step_stay_in_their_box_with_the_limit_beside_it(house, aili, step):
    case = closed(house, aili) if step == "reopen" else filed(house)
    case = told(house, case) if step == "dispute" else case
    most = next(field.most for field in FIELDS[step] if field.name == "text")
    long = "因" * (most + 1)

    answer = aili.post(f"{case.url}{step}/", {"text": long, "version": str(case.version)})

    page = words(answer)
    assert answer.status_code == 200
    assert f"请缩短到 {most} 个字以内，现在有 {most + 1} 个字" in page
    assert f'data-most="{most}"' in page  # counted down, never cut
    assert long in page


def test_the_record_speaks_to_its_reader_and_never_of_a_third_person(house, aili):
    case = filed(house)
    aili.post(f"{case.url}message/", {"text": "请看新的照片。"})
    told(house, case)
    case.refresh_from_db()
    aili.post(f"{case.url}dispute/", {"text": "只退了一半。", "version": str(case.version)})

    page = words(aili.get(f"{case.url}timeline/"))
    english = words(aili.get(f"{case.url}timeline/", headers={"accept-language": "en"}))

    assert "<b>您的留言</b>" in page
    assert "<b>您提出异议</b>" in page
    assert "<b>您提交了请求</b>" in page
    assert "用户有异议" not in page
    assert "用户留言" not in page
    assert "<b>You objected</b>" in english
