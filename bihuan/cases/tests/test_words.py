"""What is said on a case: numbers of persons are sealed away, and the log keeps a salted hash."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Entry, Sealed
from bihuan.cases.tests.people import file, house
from bihuan.cases.tests.stories import on, said
from bihuan.events import log
from bihuan.store import secrets

pytestmark = pytest.mark.django_db


def test_3_3_a_number_in_a_message_is_sealed_masked_and_not_in_the_log():
    home = house()
    case = file(home)

    commands.message(**on(case, home.ai_li), text="请打 13912345678 或写信 ai.li@example.com。")

    entry = Entry.objects.filter(case_id=case.id).latest("id")
    kept = list(Sealed.objects.filter(case_id=case.id).order_by("id"))
    assert "13912345678" not in entry.text
    assert [row.kind for row in kept] == ["phone", "email"]
    opened = secrets.open_(
        kept[0].person_id, "cases_sealed", "value", kept[0].id, bytes(kept[0].value)
    )
    assert opened == "13912345678"
    assert "139****5678" in queries.unsealed(entry.text)
    assert "1391234" not in str(said(case)[-1].data)


def test_the_log_holds_the_hash_of_the_words_as_they_are_kept():
    home = house()
    case = file(home)

    commands.note(**on(case, home.bo_bo), text="商家电话 13912345678 无人接听。")

    entry = Entry.objects.filter(case_id=case.id).latest("id")
    told = said(case)[-1].data
    assert told["entry"] == entry.id
    assert told["words"] == log.words(entry.text, bytes(entry.salt))


def test_nobody_writes_a_token_of_ours():
    home = house()
    case = file(home, text="看这里 ⟦139****5678|123⟧ 谢谢")

    entry = Entry.objects.get(case_id=case.id)

    assert entry.text == "看这里 [139****5678|123] 谢谢"
    assert queries.unsealed(entry.text) == entry.text


def test_staff_sign_their_words_and_the_person_does_not():
    home = house()
    case = file(home)

    commands.answer(**on(case, home.bo_bo), text="正在核实。")
    commands.message(**on(case, home.ai_li), text="好的。")

    signed = (
        Entry.objects.filter(case_id=case.id).order_by("id").values_list("voice", "author_name")
    )
    assert list(signed) == [("user", ""), ("agent", "波波"), ("user", "")]


def test_a_step_without_words_leaves_no_entry():
    home = house()
    case = file(home)

    commands.withdraw(**on(case, home.ai_li))

    assert Entry.objects.filter(case_id=case.id).count() == 1
    assert "words" not in said(case)[-1].data
