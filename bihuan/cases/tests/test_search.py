"""E.18: two Chinese characters in mid-sentence are found, newest first, by whoever may see them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from bihuan.accounts.commands import Contact
from bihuan.cases import commands, queries, tasks
from bihuan.cases.models import Case, Entry, SearchText
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import DAY, HOUR, handled, on, said
from bihuan.config import wiring
from bihuan.core import lexemes
from bihuan.core.actors import SYSTEM, Actor
from bihuan.events.models import Event
from bihuan.orders import commands as orders
from bihuan.orders.commands import Bought

pytestmark = pytest.mark.django_db

NOW = FRIDAY + 2 * DAY


@pytest.fixture
def home() -> House:
    return house()


def hear() -> None:
    """What the worker does: everything said reaches the subscriber that the switchboard names."""
    (wire,) = [one for one in wiring.SUBSCRIBERS if one.name.endswith("words_said")]
    tasks.words_said(list(Event.objects.filter(kind__in=wire.kinds).order_by("stream", "seq")))


def found(q: str, by: Actor, *, at: datetime = NOW, view: str = "every", **more: Any) -> list[str]:
    """Every page of it, as numbers."""
    cursor, numbers = "", []
    while True:
        page = queries.inbox(
            by, view=view, filters=queries.Filters(q=q, **more), cursor=cursor, limit=2, at=at
        )
        numbers += [case.number for case in page.cases]
        if not (cursor := page.cursor):
            return numbers


@pytest.mark.parametrize("q", ["开裂", "裂", "底座开裂", "漏水 退款", "“底座开裂”", "水后"])
def test_e_18_a_two_character_word_in_mid_sentence_is_found(home: House, q: str) -> None:
    case = file(home)
    file(home, text="快递一直停在中转站，没有人送货。")
    hear()

    assert found(q, home.bo_bo) == [case.number]


@pytest.mark.parametrize("q", ["开漏", "中转站", "“开裂漏水”", "“退款 开裂”", "裂底", "zzz"])
def test_e_18_what_does_not_stand_there_is_not_found(home: House, q: str) -> None:
    file(home)
    hear()

    assert found(q, home.bo_bo) == []


def test_e_18_any_word_of_any_entry_is_found_soon_after_it_was_said(home: House) -> None:
    case = file(home, wish="请换一台新机器")
    commands.message(**on(case, home.ai_li), text="The blender smells of burnt PLASTIC now.")
    commands.note(**on(case, home.bo_bo), text="怀疑是批次问题，型号BL-580。")
    assert found("plastic", home.bo_bo) == []

    hear()

    for q in ("新机器", "plastic", "blend", "批次", "bl-580", "580 burnt 开裂"):
        assert found(q, home.bo_bo) == [case.number], q


def test_e_18_the_newest_stand_first_on_pages_without_a_gap_over_the_years(home: House) -> None:
    ages = [0, 1, 1, 20, 45, 45, 46, 200, 300, 400]
    cases = [file(home, NOW - timedelta(days=age, minutes=n)) for n, age in enumerate(ages)]
    hear()

    assert found("开裂", home.bo_bo) == [case.number for case in cases]


def test_e_18_search_is_narrowed_by_every_filter_and_by_time(home: House) -> None:
    old, new = file(home, NOW - 40 * DAY), file(home, NOW - DAY)
    other = file(home, NOW - DAY, kind="enquiry", category="")
    hear()

    assert found("开裂", home.bo_bo, kind="enquiry") == [other.number]
    assert found("开裂", home.bo_bo, received_until=NOW - 30 * DAY) == [old.number]
    assert set(found("开裂", home.bo_bo, received_from=NOW - 30 * DAY)) == {
        new.number,
        other.number,
    }
    assert found("开裂", home.bo_bo, state="closed") == []


def test_e_18_a_list_in_the_order_of_work_is_narrowed_by_words_too(home: House) -> None:
    case = file(home)
    file(home, text="快递一直停在中转站，没有人送货。")
    hear()

    assert found("开裂", home.chen, view="all") == [case.number]
    counted = queries.how_many(home.chen, view="every", filters=queries.Filters(q="开裂"), at=NOW)
    assert counted == 1


def test_e_18_a_restricted_case_stays_hidden_from_those_who_may_not_see_it(home: House) -> None:
    case = file(home)
    Case.objects.filter(id=case.id).update(restricted=True, owner_id=home.chen.id)
    hear()

    assert found("开裂", home.bo_bo) == []
    assert found("开裂", home.chen) == [case.number]


def test_e_18_a_customer_looks_through_subjects_of_their_own_and_no_internal_note(
    home: House,
) -> None:
    case = file(home, subject="破壁机开裂")
    commands.note(**on(case, home.bo_bo), text="疑似职业索赔")
    hear()

    assert found("开裂", home.ai_li) == [case.number]
    assert found("索赔", home.ai_li) == found("开裂", home.ding) == []
    assert found("索赔", home.bo_bo) == [case.number]


def test_e_18_people_orders_and_cases_are_found_by_their_numbers_and_no_number_is_a_token(
    home: House,
) -> None:
    number = "E2026021100077"
    bought = Bought(number=number, title="破壁机", paid_fen=100, placed_at=FRIDAY)
    orders.copy_order(person_id=home.ai_li.id, bought=bought, by=SYSTEM, at=FRIDAY)
    case = file(home, order_no=number, text="请打13711112222，卡号6222021234567890128，已漏水")
    other = file(home, contact=Contact(name="梅", phone="13911113333"))
    hear()

    assert found(number, home.bo_bo) == found(number.lower(), home.bo_bo) == [case.number]
    assert found("139 1111 3333", home.bo_bo) == [other.number]
    assert found(case.number, home.bo_bo) == [case.number]
    assert found("13711112222", home.bo_bo) == found("6222021234567890128", home.bo_bo) == []
    tokens = str(SearchText.objects.get(case_id=case.id).tokens)
    assert not any(len(word) > 6 for word in tokens.split("'") if word.isdecimal())
    assert "13711112222" not in tokens


def test_e_18_a_house_older_than_its_index_is_indexed_a_few_cases_at_a_time(home: House) -> None:
    cases = [file(home, FRIDAY + n * HOUR) for n in range(5)]

    done = [tasks.index_missing(NOW, most=2) for _ in range(8)]  # two rounds, wherever it began

    assert (sum(done), max(done)) == (5, 2)
    assert found("开裂", home.bo_bo) == [case.number for case in reversed(cases)]


def test_e_18_what_a_subscriber_wrote_is_not_overwritten_by_the_search_for_gaps(
    home: House,
) -> None:
    case = file(home)
    hear()
    SearchText.objects.filter(case_id=case.id).update(tokens="'新'")

    commands.index_words(case_ids=[case.id], missing=True)

    assert found("开裂", home.bo_bo) == []


def test_e_18_the_index_is_made_of_the_rows_and_forgets_what_they_no_longer_say(
    home: House,
) -> None:
    case = file(home)
    hear()
    Entry.objects.filter(case_id=case.id).update(text="")
    Case.objects.filter(id=case.id).update(subject="")

    commands.index_words(case_ids=[case.id])

    assert found("开裂", home.bo_bo) == []


def test_e_18_every_event_that_carries_words_reaches_the_index(home: House) -> None:
    case = handled(home, file(home))
    commands.merge(**on(case, home.bo_bo, NOW), into=file(home).number)
    (wire,) = [one for one in wiring.SUBSCRIBERS if one.name.endswith("words_said")]

    assert {e.kind for e in said(case) if "entry" in e.data} <= wire.kinds
    assert "case.merged" not in wire.kinds


def test_e_18_the_largest_case_fits_into_the_index(home: House) -> None:
    case = file(home)
    endless = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(60_000))
    Entry.objects.filter(case_id=case.id).update(text=endless)

    commands.index_words(case_ids=[case.id])

    assert found(endless[500:502], home.bo_bo) == [case.number]


def test_e_18_postgresql_and_the_tokens_agree_on_phrases() -> None:
    text = "底座开裂，加水后漏水！The seal of BL-580 broke 了"
    asked = {
        "“加水后漏水”": True, "“裂 加水”": True, "“座 加”": False, "“BL 580”": True,
        "“seal broke”": False, "“broke 了”": True, "“水！The”": True, "漏水 裂": True,
    }  # fmt: skip

    with connection.cursor() as cursor:
        for q, holds in asked.items():
            tokens = lexemes.kept([text], FRIDAY.date())
            cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [tokens, lexemes.sought(q).query])
            assert cursor.fetchone() == (holds,), q


def test_e_18_nothing_to_index_is_no_work() -> None:
    assert commands.index_words(case_ids=[]) == 0
