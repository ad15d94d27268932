"""Filing: registered, classified, routed and on its clocks at once (2.2.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bihuan.accounts.commands import Contact
from bihuan.cases import commands, queries
from bihuan.cases.models import Case, Clock, Entry, IdempotencyKey, Sealed
from bihuan.cases.tests.people import FRIDAY, TEXT, House, file, filing, house
from bihuan.core import ids
from bihuan.core.actors import SYSTEM
from bihuan.core.clocks import SHANGHAI
from bihuan.core.refusals import Conflict, Invalid, NotFound
from bihuan.events.models import Event, Pending
from bihuan.orders import commands as orders
from bihuan.orders.commands import Bought
from bihuan.orders.models import OrderCopy
from bihuan.store import secrets

pytestmark = pytest.mark.django_db


def said(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%m-%d %H:%M")


def test_1_06_a_general_complaint_gets_the_ten_clock_rows_of_the_worked_example():
    home = house()

    case = file(home)

    rows = {
        (r.milestone, said(r.due_at), said(r.effective_due_at), r.hard, tuple(r.promises))
        for r in Clock.objects.filter(case_id=case.id)
    }
    assert rows == {
        (
            "case.first_response", "02-14 16:00", "02-14 16:00", True,
            ("C-1.2-1", "C-1.3-1", "C-1.4-1", "C-7.1-1"),
        ),
        ("case.initial_solution_sent", "02-14 16:00", "02-14 16:00", True, ("C-4.2-1",)),
        ("complaint.accepted", "02-15 16:00", "02-15 16:00", True, ("C-1.4-4",)),
        ("complaint.initial_review_done", "02-25 00:00", "02-16 16:00", True, ("C-3.2-1",)),
        (
            "complaint.preliminary_done", "02-26 00:00", "02-16 16:00", True,
            ("C-2.2.3-1", "C-2.3.1-1"),
        ),
        ("complaint.preliminary_result_sent", "02-26 00:00", "02-16 16:00", True, ("C-2.2.3-2",)),
        ("case.handling_done", "02-15 16:00", "02-15 16:00", False, ("C-7.1-2",)),
        (
            "case.handling_done", "02-16 16:00", "02-16 16:00", True,
            ("C-1.2-2", "C-1.3-2", "C-1.4-2"),
        ),
        ("complaint.final_feedback_sent", "02-16 16:00", "02-16 16:00", True, ("C-1.4-5",)),
        ("complaint.final_feedback_sent", "02-28 00:00", "02-28 00:00", True, ("C-2.3.1-2",)),
    }  # fmt: skip
    assert (said(case.next_due_at), case.next_milestone) == ("02-14 16:00", "case.first_response")


def test_2_2_1_the_case_has_a_number_an_owner_a_department_and_a_sealed_first_event():
    home = house()

    case = file(home)

    [event] = Event.objects.filter(stream=case.id)
    assert ids.read_case_number(case.number) == case.number
    assert case.number.startswith("TS20260213")
    assert (case.department, case.owner_id) == ("customer_service", home.bo_bo.id)
    assert (event.seq, event.kind, event.clause, event.actor_id) == (
        1, "case.filed", "2.2.1", home.ai_li.id,
    )  # fmt: skip
    assert Pending.objects.filter(stream=case.id, seq=1).exists()


def test_a_stored_case_reads_back_as_it_was_returned():
    home = house()

    case = file(home, wish="退货退款")

    stored = Case.objects.get(id=case.id)
    names = [f.name for f in Case._meta.fields]
    assert {n: getattr(stored, n) for n in names} == {n: getattr(case, n) for n in names}


def test_2_02_what_fits_nowhere_stands_in_the_watched_queue_and_a_supervisor_watches():
    home = house()

    case = file(home, text="嗯嗯啊啊。", category="")

    assert (case.department, case.owner_id) == ("unrouted", home.chen.id)


def test_personal_numbers_in_the_text_are_sealed_and_masked():
    home = house()

    case = file(home, text=f"{TEXT}请打我电话 13912345678。")

    [entry] = Entry.objects.filter(case_id=case.id)
    [kept] = Sealed.objects.filter(case_id=case.id)
    assert "13912345678" not in entry.text
    assert "139****5678" in queries.unsealed(entry.text)
    assert b"13912345678" not in bytes(kept.value)


def bought(home: House, number: str, fen: int) -> OrderCopy:
    order = Bought(
        number=number, title="静音破壁机", paid_fen=fen, placed_at=FRIDAY, merchant_id=77
    )
    return orders.copy_order(person_id=home.ai_li.id, bought=order, by=SYSTEM, at=FRIDAY)


def test_2_2_1_an_order_is_found_by_its_number_and_its_price_weighs():
    home = house()
    order = bought(home, "2026-0213-88A7", fen=1_200_000)

    case = file(home, order_no=" 2026021388a7 ")

    assert (case.order_id, case.merchant_id) == (order.id, 77)
    assert case.severity == "major"  # more than 10,000 yuan
    assert "订单号" not in Entry.objects.get(case_id=case.id).text


def test_2_2_1_a_number_we_have_no_order_of_is_kept_sealed_below_the_words():
    home = house()
    bought(home, "2026-0213-88A7", fen=100)

    case = file(home, order_no="JD-99887766")
    short = file(home, order_no="17")
    strangers = commands.file(
        filing=filing(order_no="2026-0213-88A7", contact=Contact(name="丁", phone="13900005555")),
        by=home.ding,
        at=FRIDAY,
    ).case

    [entry] = Entry.objects.filter(case_id=case.id)
    [kept] = Sealed.objects.filter(case_id=case.id, kind="order")
    assert queries.unsealed(entry.text) == f"{TEXT}\n订单号：****7766"
    value = secrets.open_(kept.person_id, "cases_sealed", "value", kept.id, bytes(kept.value))
    assert value == "JD-99887766"
    assert queries.unsealed(Entry.objects.get(case_id=short.id).text).endswith("订单号：****")
    assert strangers.order_id == 0


def test_the_same_key_and_body_give_the_same_case_and_another_body_is_refused():
    home = house()
    given = {"filing": filing(), "by": home.ai_li, "at": FRIDAY, "key": "k1"}

    first = commands.file(**given, digest=b"a")
    again = commands.file(**given, digest=b"a")

    assert (again.case.id, again.replayed) == (first.case.id, True)
    with pytest.raises(Conflict):
        commands.file(**given, digest=b"b")
    assert Case.objects.count() == 1


@pytest.mark.parametrize("keys", [("", ""), ("k1", "k2"), ("k1", ""), ("", 'k"2'), ("a\\b", "")])
def test_a_message_that_arrives_twice_is_one_case(keys: tuple[str, str]):
    home = house()
    message = filing(external_id='<"m1"@example.com>')

    first, again = (
        commands.file(filing=message, key=key, by=home.bo_bo, at=FRIDAY).case for key in keys
    )
    other = commands.file(filing=replace(message, channel="phone"), by=home.bo_bo, at=FRIDAY).case

    assert again.id == first.id != other.id


def test_a_key_that_looks_like_the_id_of_the_message_is_the_same_key():
    home = house()

    filed = commands.file(filing=filing(external_id="7"), key="email:7", by=home.bo_bo, at=FRIDAY)

    assert IdempotencyKey.objects.filter(case_id=filed.case.id).count() == 1


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"text": ""}, {"text": "missing"}),
        ({"text": "坏" * 20_001}, {"text": "too_long"}),
        ({"text": "坏了\x00"}, {"text": "control_characters"}),
        ({"kind": "riot", "channel": "pigeon"}, {"kind": "not_known", "channel": "not_known"}),
        ({"category": "weather"}, {"category": "not_known"}),
        ({"issue": "weather"}, {"issue": "not_known"}),
        ({"wish": "两\n行", "order_no": "7" * 61}, {"wish": "one_line", "order_no": "too_long"}),
        ({"subject": "题" * 121}, {"subject": "too_long"}),
        ({"received_at": FRIDAY.replace(year=1)}, {"received_at": "not_a_moment"}),
        ({"received_at": FRIDAY + timedelta(hours=1)}, {"received_at": "in_the_future"}),
        ({"received_at": FRIDAY.replace(tzinfo=None)}, {"received_at": "no_time_zone"}),
        ({"received_at": FRIDAY.replace(year=2024)}, {"received_at": "before_the_first_policy"}),
    ],
)
def test_bad_input_is_named_at_its_field_and_nothing_is_kept(changes, faults):
    home = house()

    with pytest.raises(Invalid) as refused:
        file(home, **changes)

    assert refused.value.fields == faults
    assert not Case.objects.exists()


def test_ten_thousand_emoji_are_words_like_any_other():
    home = house()

    case = file(home, text="😡" * 10_000)

    assert len(Entry.objects.get(case_id=case.id).text) == 10_000


def test_a_year_without_calendar_gives_provisional_dues_and_no_refusal():
    home = house()

    case = file(home, at=datetime(2026, 12, 30, 8, tzinfo=FRIDAY.tzinfo))

    statuses = set(Clock.objects.filter(case_id=case.id).values_list("milestone", "status"))
    assert ("complaint.preliminary_done", "provisional") in statuses
    assert ("case.first_response", "final") in statuses


def test_missing_identity_is_marked_and_no_reason_to_refuse():
    home = house()

    case = commands.file(
        filing=filing(contact=Contact(name="路人", address="线下服务中心")),
        by=home.bo_bo,
        at=FRIDAY,
    ).case

    assert case.missing == ["identity"]


def test_another_customers_case_does_not_exist_for_me():
    home = house()
    case = file(home)

    with pytest.raises(NotFound):
        queries.get(case.number, home.ding)
    with pytest.raises(NotFound):
        commands.withdraw(number=case.number, by=home.ding, at=FRIDAY)


@pytest.mark.parametrize("written", ["{}", " ts{} ", "{0[0]}{0[1]}-{1}"])
def test_a_number_is_understood_however_it_is_written(written):
    home = house()
    case = file(home)
    digits = case.number[2:]
    shape = {"{}": case.number, " ts{} ": f" ts{digits} "}.get(
        written, f"TS-{digits[:8]}-{digits[8:]}"
    )

    assert queries.get(shape, home.ai_li).id == case.id


def test_3_3_a_number_that_the_title_cuts_in_two_is_masked_as_a_whole() -> None:
    text = "收到的破壁机底座开裂，加水后漏水，商家拒绝退货，请打 13812345678 找我。"

    case = file(house(), text=text)

    assert "138" in case.subject
    assert "1381" not in case.subject
