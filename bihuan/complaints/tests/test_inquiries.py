"""Payment institutions and couriers are asked, answer or are late; no clock moves for it (6.1)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.cases import commands as cases
from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.cases.tests.stories import DAY, HOUR, on, said
from bihuan.complaints import commands, queries, tasks
from bihuan.complaints.models import CaseParty, Inquiry
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events.models import Event
from bihuan.events.relay import drain
from bihuan.notify import tasks as notices
from bihuan.notify.models import Message

pytestmark = pytest.mark.django_db
NOON = FRIDAY + 2 * HOUR
LOST = "包裹显示签收，但我没有收到，电话里说丢件了。"


@pytest.fixture
def home() -> House:
    return people.house()


def lost(home: House, at: datetime = FRIDAY) -> Case:
    return people.file(home, at, text=LOST, issue="delivery_damage_or_loss")


def asked(home: House, case: Case, **changes: object) -> Inquiry:
    """波波 complains to the courier by phone."""
    given = {
        "number": case.number, "kind": "courier", "party": "sf", "manner": "complaint",
        "way": "phone", "what": "请查签收照片，收件人电话 13900002718。", "reference": "SF-7788",
        "by": home.bo_bo, "at": NOON,
    }  # fmt: skip
    return commands.ask(**(given | changes))  # type: ignore[arg-type]


def test_l_17_a_courier_answers_a_complaint_in_seven_days_by_law(home: House) -> None:
    case = lost(home)

    row = asked(home, case)

    # the seventh day, the 20th, is Spring Festival, until Monday the 23rd; 民法典 203
    assert row.due_at == datetime(2026, 2, 24, 16, tzinfo=UTC)
    assert row.law == "LC-29"
    assert "13900002718" not in row.what
    [event] = said(case, "inquiry.asked")
    assert event.data["law"] == "LC-29"
    assert event.data["trade"] == "courier"


def test_a_mere_query_has_the_default_of_the_house_and_no_law(home: House) -> None:
    row = asked(home, lost(home), manner="query")

    # two working days after Friday 13 February: the 14th is a make-up day, then the 24th
    assert (row.due_at, row.law) == (datetime(2026, 2, 24, 16, tzinfo=UTC), "")


def test_x_12_no_clock_of_the_case_stops_or_moves_while_others_are_asked(home: House) -> None:
    case = lost(home)
    before = list(Clock.objects.filter(case_id=case.id).order_by("pk").values())

    row = asked(home, case)
    commands.answer_inquiry(id=row.id, answer="已查到签收照片。", by=home.bo_bo, at=NOON + DAY)

    assert list(Clock.objects.filter(case_id=case.id).order_by("pk").values()) == before


def test_an_answer_is_kept_masked_and_stands_on_the_case(home: House) -> None:
    case = lost(home)
    row = asked(home, case, reference="")

    done = commands.answer_inquiry(
        id=row.id, answer="派件员 13911112222 误投隔壁，同意赔付。", reference="F-1",
        by=home.bo_bo, at=NOON + HOUR,
    )  # fmt: skip

    assert "13911112222" not in done.answer
    assert (done.reference, done.answered_by) == ("F-1", home.bo_bo.id)
    note = Entry.objects.filter(case_id=case.id).latest("id")
    assert note.internal
    assert "误投隔壁" in note.text
    assert len(said(case, "inquiry.answered")) == 1
    with pytest.raises(NotPossible):
        commands.answer_inquiry(id=row.id, answer="再答一次", by=home.bo_bo, at=NOON + DAY)


def test_what_is_not_answered_in_time_is_told_once_to_whoever_works_the_case(home: House) -> None:
    case = lost(home)
    cases.accept(**on(case, home.bo_bo), text="已受理，先问快递。")
    row = asked(home, case)
    asked(home, case, manner="query", what="派件站点在哪里")
    after = row.due_at + HOUR

    assert tasks.tend(row.due_at - HOUR) == 0
    assert tasks.tend(after) == 2
    assert tasks.tend(after + HOUR) == 0

    events = said(case, "inquiry.late")
    assert [event.data["told"] for event in events] == [[home.bo_bo.id]] * 2
    notices.told_all(events)
    told = Message.objects.filter(template="inquiry_late", staff_id=home.bo_bo.id)
    assert told.filter(channel="inbox").count() == 2
    assert case.number in told[0].body


def test_without_an_owner_the_supervisors_are_told(home: House) -> None:
    case = lost(home)
    row = asked(home, case)
    Case.objects.filter(id=case.id).update(owner_id=0)

    tasks.tend(row.due_at + HOUR)

    [event] = said(case, "inquiry.late")
    assert event.data["told"] == [home.chen.id]


@pytest.mark.parametrize("ends", ["withdraw", "decline"])
def test_nobody_waits_for_answers_once_the_case_has_ended(home: House, ends: str) -> None:
    case = lost(home)
    row = asked(home, case)
    if ends == "withdraw":
        cases.withdraw(**on(case, home.ai_li, NOON + HOUR))
    else:
        cases.decline(**on(case, home.bo_bo, NOON + HOUR), reason="重复提交", basis="1.4")

    tasks.end_shares(list(Event.objects.filter(stream=case.id)))

    row.refresh_from_db()
    assert row.dropped_at == NOON + HOUR
    assert tasks.tend(row.due_at + DAY) == 0


def test_e_02_an_inquiry_that_a_merge_dropped_is_waited_for_again_once_it_is_undone(
    home: House,
) -> None:
    case = lost(home)
    row = asked(home, case)
    other = lost(home, FRIDAY - DAY)
    cases.merge(**on(case, home.chen, NOON + HOUR), into=other.number)
    drain(NOON + HOUR)
    row.refresh_from_db()
    assert row.dropped_at == NOON + HOUR

    cases.unmerge(**on(case, home.chen, NOON + 2 * HOUR), reason="不是同一件事")
    drain(NOON + 2 * HOUR)

    [back] = queries.open_inquiries(case.id)
    assert (back.id, back.due_at, back.law) == (row.id, row.due_at, row.law)
    assert [e.data["inquiry"] for e in said(case, "inquiry.revived")] == [row.id]
    commands.answer_inquiry(id=row.id, answer="已签收。", by=home.bo_bo, at=NOON + 3 * HOUR)


def test_one_party_asked_twice_is_one_party_and_any_name_will_do(home: House) -> None:
    case = lost(home)

    first, second = asked(home, case), asked(home, case, manner="query")
    other = asked(home, case, party="", name="同城跑腿小王")

    assert first.party_id == second.party_id != other.party_id
    assert CaseParty.objects.get(id=other.party_id).name == "同城跑腿小王"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"what": " "}, "what", "missing"),
        ({"kind": "bank"}, "kind", "not_known"),
        ({"party": "alipay"}, "party", "not_known"),
        ({"party": "", "name": ""}, "name", "missing"),
        ({"manner": "beg"}, "manner", "not_known"),
        ({"way": "pigeon"}, "way", "not_known"),
        ({"reference": "x" * 61}, "reference", "too_long"),
        ({"asked_at": NOON + HOUR}, "asked_at", "in_the_future"),
        ({"asked_at": FRIDAY - HOUR}, "asked_at", "before_the_case"),
    ],
)
def test_bad_inquiries_are_refused_at_their_field(
    home: House, changes: dict[str, object], field: str, code: str
) -> None:
    case = lost(home)

    with pytest.raises(Invalid) as refused:
        asked(home, case, **changes)

    assert refused.value.fields == {field: code}
    assert not Inquiry.objects.exists()
    assert not CaseParty.objects.exists()


def test_who_may_ask_and_for_whom_it_does_not_exist(home: House) -> None:
    case = lost(home)

    with pytest.raises(NotPermitted):
        asked(home, case, by=home.other_agent)
    with pytest.raises(NotPermitted):  # it is the person's case, but not his handling
        asked(home, case, by=home.ai_li)
    row = asked(home, case)
    with pytest.raises(NotFound):
        commands.answer_inquiry(id=row.id, answer="我自己答", by=home.ai_li, at=NOON + HOUR)
    with pytest.raises(NotPermitted):
        commands.drop_inquiry(id=row.id, reason="不是我的", by=home.other_agent, at=NOON + HOUR)
    cases.withdraw(**on(case, home.ai_li, NOON + HOUR))
    with pytest.raises(NotPossible):
        asked(home, case, at=NOON + 2 * HOUR)


def test_the_law_is_shown_from_known_facts_only(home: House) -> None:
    case = lost(home)
    assert queries.legal(case, NOON) == []  # no order, nobody asked: nothing is known

    asked(home, case, manner="query")
    assert queries.legal(case, NOON) == []  # a query is no complaint
    row = asked(home, case)

    [one] = queries.legal(case, NOON)
    assert (one.due.clock.article, one.due.until) == ("28", row.due_at)
    commands.drop_inquiry(id=row.id, reason="问错了", by=home.bo_bo, at=NOON + HOUR)
    assert queries.legal(case, NOON) == []


def test_l_17_a_payment_institution_owes_at_once_without_a_number_of_days(home: House) -> None:
    case = people.file(home, text="支付扣了两次钱。", issue="payment_error")

    row = asked(home, case, kind="payment", party="alipay", manner="query")

    found = {one.due.clock.id: one.due.until for one in queries.legal(case, NOON)}
    assert found == {"ECL-55": None, "ECL-57": None}
    assert row.law == ""
    # three working days: Saturday the 14th, then the 24th and 25th
    assert row.due_at == datetime(2026, 2, 25, 16, tzinfo=UTC)


def test_the_worklist_has_the_open_cases_of_its_group_the_longest_waiting_first(
    home: House,
) -> None:
    first = lost(home)
    second = people.file(home, FRIDAY + HOUR, text=LOST, issue="delivery_delay")
    people.file(home, text="支付扣了两次钱。", issue="payment_error")
    gone = people.file(home, text=LOST, issue="delivery_delay")
    cases.withdraw(**on(gone, home.ai_li, NOON))
    asked(home, second)

    page = queries.worklist(home.bo_bo, NOON, group="logistics", limit=1)
    rest = queries.worklist(home.bo_bo, NOON, group="logistics", limit=1, cursor=page.cursor)

    assert [line.case.number for line in page.lines] == [first.number]
    assert [line.case.number for line in rest.lines] == [second.number]
    assert [one.row.reference for one in rest.lines[0].asked] == ["SF-7788"]
    assert rest.cursor == ""
    with pytest.raises(Invalid):
        queries.worklist(home.bo_bo, NOON, group="weather")
    with pytest.raises(NotFound):
        queries.worklist(home.ai_li, NOON, group="logistics")


def test_the_worklist_asks_as_often_for_many_cases_as_for_one(
    home: House,
) -> None:
    asked(home, lost(home))
    queries.worklist(home.bo_bo, NOON, group="logistics")
    with CaptureQueriesContext(connection) as few:
        queries.worklist(home.bo_bo, NOON, group="logistics")
    for n in range(3):
        asked(home, people.file(home, text=f"{LOST}{n}", issue="delivery_delay"))
    with CaptureQueriesContext(connection) as many:
        queries.worklist(home.bo_bo, NOON, group="logistics")

    assert len(many) == len(few)
