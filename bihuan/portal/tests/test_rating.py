"""What the person thinks of the handling: asked where the result is told, kept with the case."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bihuan.cases import queries
from bihuan.cases.models import Case
from bihuan.events.models import Event
from bihuan.portal.tests.doors import sign_in, words
from bihuan.portal.tests.test_following import filed, told

MARKS = {"response_speed": "5", "solving_efficiency": "4", "attitude": "5", "result": "3"}


@pytest.fixture
def case(house: Any) -> Case:
    """A case whose result 爱丽 has been told."""
    return told(house, filed(house))


@pytest.fixture
def aili(house: Any, client: Client) -> Client:
    return sign_in(client, house.ai_li)


def test_the_rating_is_asked_for_where_the_result_is_told(case, aili):
    assert f'href="{case.url}rate/"' in words(aili.get(f"{case.url}result/"))


def test_the_questions_are_those_of_the_handbook(case, aili):
    page = words(aili.get(f"{case.url}rate/"))

    for question in queries.handbook(case).surveys["complaint"].questions:
        assert question.zh in page
    assert page.count('type="radio"') == 4 * 5


def test_the_marks_are_kept_in_the_log_and_shown_instead_of_the_question(case, aili):
    aili.post(f"{case.url}rate/", MARKS | {"text": "林悦很耐心。"})

    page = words(aili.get(f"{case.url}result/"))
    event = Event.objects.get(stream=case.id, kind="case.rated")
    assert event.data["scores"] == {id: int(mark) for id, mark in MARKS.items()}
    assert "您的评价" in page
    assert f"{case.url}rate/" not in page
    assert "林悦很耐心。" in words(aili.get(f"{case.url}timeline/"))


def test_a_rating_pressed_twice_counts_once(case, aili):
    first, second = (aili.post(f"{case.url}rate/", MARKS) for _ in range(2))

    assert first["Location"] == second["Location"] == case.url
    assert Event.objects.filter(stream=case.id, kind="case.rated").count() == 1


def test_a_question_without_a_mark_is_asked_again_and_the_other_marks_kept(case, aili):
    given = {id: mark for id, mark in MARKS.items() if id != "attitude"}

    page = words(aili.post(f"{case.url}rate/", given))

    assert "<title>错误：" in page
    assert "请给“服务态度”打分" in page
    assert page.count(" checked") == 3
    assert not Event.objects.filter(kind="case.rated").exists()


@pytest.mark.parametrize("mark", ["0", "6", "５", "five", "%00"])
def test_a_forged_mark_is_refused(case, aili, mark):
    page = words(aili.post(f"{case.url}rate/", MARKS | {"attitude": mark}))

    assert "请给“服务态度”打分" in page


def test_a_new_round_may_be_rated_anew(house, case, aili):
    aili.post(f"{case.url}rate/", MARKS)
    case.refresh_from_db()
    aili.post(f"{case.url}dispute/", {"text": "钱没有到账。", "version": str(case.version)})

    case.refresh_from_db()
    assert queries.rating(case) is None


def test_a_case_without_a_result_is_not_rated(house, aili):
    case = filed(house)

    assert aili.get(f"{case.url}rate/").status_code == 409
    assert aili.post(f"{case.url}rate/", MARKS).status_code == 409


def test_a_suggestion_is_rated_by_the_questions_of_feedback(house, aili):
    case = filed(house, kind="suggestion", category="")

    assert [question.id for question in queries.survey(case).questions] == ["heard", "result"]
