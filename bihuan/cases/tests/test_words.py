"""What is said on a case: numbers of persons are sealed away, and the log keeps a salted hash."""

from __future__ import annotations

import pytest

from bihuan.cases import commands, queries
from bihuan.cases.models import Entry, Sealed
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import HOUR, decided, handled, on, said
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


def test_3_3_what_lists_and_pages_show_holds_no_number_and_none_is_lost():
    home = house()
    wish = "退款并回电 13911112222"
    case = file(home, subject="请打 13912345678", wish=wish)

    assert (case.subject, case.wish) == ("请打 139****5678", "退款并回电 139****2222")
    entry = Entry.objects.get(case_id=case.id)
    assert "标题：请打 139****5678" in queries.unsealed(entry.text)
    assert {*commands.reveal_words(**on(case, home.bo_bo), reason="按用户要求回电")} == {
        ("phone", "13912345678"),
        ("phone", "13911112222"),
    }


def test_3_3_neither_a_finding_nor_a_measure_keeps_a_number_in_clear():
    home = house()
    case = file(home)
    handled(home, case)
    commands.find(
        **on(case, home.bo_bo), finding="商家 13912345678 承认", measure="回电 13911112222"
    )
    decided(home, case)
    what = {"what": "三天内打 13933334444 确认", "owner_id": home.bo_bo.id, "due_on": FRIDAY.date()}

    commands.notify(
        **on(case, home.bo_bo, FRIDAY + 2 * HOUR),
        progress="已核对",
        result="退款",
        follow_ups=[what],
    )

    kept = [row.text for row in queries.findings(case)] + [
        row.what for row in queries.follow_ups(case)
    ]
    assert not any(
        number in text for text in kept for number in ("12345678", "11112222", "33334444")
    )
    assert "三天内打 139****4444 确认" in kept
