"""1.3: what is heard of a call is kept sealed, once, whoever says it when."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import connection

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, LONG_AGO, House
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Conflict, Invalid
from bihuan.events.models import Event
from bihuan.phone import commands, queries, tasks
from bihuan.phone.models import Call, Receipt
from bihuan.phone.rules.facts import Fact
from bihuan.phone.tests.exchange import AI_LI, UNKNOWN, at, fact, hear, missed
from bihuan.store import secrets

pytestmark = pytest.mark.django_db
COLUMNS = (
    "direction", "line", "person_id", "agent_id", "rung", "outcome", "started_at", "answered_at",
    "ended_at", "has_recording",
)  # fmt: skip


@pytest.fixture
def home(db: None) -> House:
    found = people.house()
    for extension, who in (("1001", found.bo_bo), ("1002", found.other_agent)):
        commands.set_extension(extension=extension, staff_id=who.id, by=found.chen, at=LONG_AGO)
    return found


def test_in_every_order_the_row_ends_the_same(home: House, settings):
    story = [
        fact("started", 0, agent="PJSIP/1001-0000002a"),
        fact("started", 2, agent="1002"),
        fact("answered", 8, agent="1002"),
        fact("ended", 95),
    ]
    ended = set()

    for n, order in enumerate(permutations(story)):
        for one in (*order, order[0]):
            hear(one, ref=f"call-{n}", heard=100)
        row = Call.objects.get(ref=f"call-{n}")
        ended.add(repr([getattr(row, column) for column in COLUMNS]))
        said = Event.objects.filter(stream=row.id)
        assert said.count() == len(story)  # what was heard already says nothing again

    assert len(ended) == 1
    assert Call.objects.first().agent_id == home.other_agent.id


def test_no_number_stands_anywhere_in_clear(home: House):
    hear(fact("started"))
    hear(fact("started", number_from=UNKNOWN), ref="call-2")

    with connection.cursor() as cursor:
        for table in ("phone_call", "events_event", "phone_callback"):
            cursor.execute(f"SELECT {table}::text FROM {table}")
            kept = " ".join(row[0] for row in cursor.fetchall())
            assert AI_LI not in kept
            assert UNKNOWN not in kept
    assert [queries.masked(call) for call in Call.objects.order_by("id")] == [
        "139****2718", "138****6666",
    ]  # fmt: skip


def test_a_known_caller_is_sealed_under_her_key_and_an_unknown_one_becomes_known(home: House):
    known, stranger = hear(fact("started")), hear(fact("started", number_from=UNKNOWN), "call-2")
    assert (known.person_id, stranger.person_id) == (home.ai_li.id, 0)
    commands.note_call(id=stranger.id, text="想问发票", by=home.bo_bo, at=at(9))
    case = people.file(home, contact=Contact(name="新人", phone=UNKNOWN))

    commands.link(id=stranger.id, number=case.number, by=home.bo_bo, at=at(60))

    stranger.refresh_from_db()
    assert stranger.person_id == case.person_id != 0
    assert [text for _note, text in queries.notes_of(stranger)] == ["想问发票"]
    secrets.destroy(case.person_id, at=FRIDAY)
    assert queries.masked(stranger) == ""
    assert queries.notes_of(stranger) == []


def test_of_somebody_erased_nothing_more_is_kept(home: House):
    call = hear(fact("started"))
    before = bytes(call.told)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person SET erased_at = now() WHERE id = %s", [home.ai_li.id]
        )
    secrets.destroy(home.ai_li.id, at=FRIDAY)

    hear(fact("ended", 30))

    call.refresh_from_db()
    assert bytes(call.told) == before
    assert call.ended_at == at(30)  # it rings no more, and nobody looks for its end for ever
    assert tasks.settle(at(60)) == 0
    assert not queries.lost(at(86_400))


def test_an_account_of_the_same_digits_is_not_the_caller(home: House):
    accounts.register_person(contact=Contact(account=UNKNOWN), at=LONG_AGO)

    assert hear(fact("started", number_from=UNKNOWN)).person_id == 0


@pytest.mark.parametrize("number", ["anonymous", "", "+86 139-0000-2718", "013900002718"])
def test_withheld_numbers_and_other_ways_to_write_one(home: House, number: str):
    call = hear(fact("started", number_from=number))

    withheld = number in {"", "anonymous"}
    assert (call.number_index is None) == withheld
    assert queries.masked(call) == ("" if withheld else "139****2718")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"direction": "up"}, "direction"),
        ({"number_from": "1" * 121}, "from"),
        ({"reason": "x" * 41}, "reason"),
        ({"seconds": -1}, "seconds"),
        ({"recording": "https://elsewhere.example/1.wav"}, "recording_url"),
        ({"event": "exploded"}, "event"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_keeps_nothing(
    home: House, changes: dict[str, object], field: str
):
    told = {"event": "started", "at": at()} | changes

    with pytest.raises(Invalid) as no:
        hear(Fact(**told))  # type: ignore[arg-type]

    assert list(no.value.fields) == [field]
    assert not Call.objects.exists()


def test_an_event_of_the_future_is_refused_beyond_the_error_of_clocks(home: House):
    hear(fact("started", 290), heard=0)
    with pytest.raises(Invalid):
        hear(fact("ended", 301), heard=0)


def test_an_event_from_before_all_calls_that_are_kept_is_refused(home: House, settings):
    kept = settings.PHONE.keep_days * 86_400
    hear(fact("started", -kept), heard=0)
    with pytest.raises(Invalid) as no:
        hear(fact("ended", -kept - 1), heard=0)
    assert no.value.fields == {"at": "too_long_ago"}


def test_who_waits_long_in_a_queue_is_answered_all_the_same(home: House):
    """Its telephones ring again and again, and each time the exchange says so."""
    for n in range(300):
        hear(fact("started", n, agent=f"{1001 + n % 5}"))
    hear(fact("answered", 301, agent="1002"))

    call = hear(fact("ended", 400))

    assert (call.outcome, call.agent_id) == ("answered", home.other_agent.id)
    assert (call.answered_at, call.ended_at) == (at(301), at(400))
    assert len(queries.facts_of(call)) == 5 + 2


def test_a_message_is_taken_once_for_a_day(home: House):
    def take(seconds: float) -> None:
        commands.hear(
            source="webhook", ref="c", fact=fact("started"), receipt="m", by=SYSTEM, at=at(seconds)
        )

    take(0)
    with pytest.raises(Conflict):
        take(3600)
    tasks.forget(at(24 * 3600 - 1))
    assert Receipt.objects.exists()
    tasks.forget(at(24 * 3600 + 1))
    take(24 * 3600 + 2)


def test_when_each_system_last_spoke_is_known(home: House):
    hear(fact("started"))
    hear(fact("ended", 90))

    [beat] = queries.heartbeats(home.bo_bo)
    assert (beat.source, beat.heard_at, beat.fault) == ("webhook", at(90), "")


def test_a_call_is_kept_for_its_time_and_then_goes_with_its_notes(home: House, settings):
    call = missed()
    commands.note_call(id=call.id, text="回电无人", by=home.bo_bo, at=at(99))
    keep = settings.PHONE.keep_days * 86_400

    assert tasks.forget(at(keep + 60)) == 0  # somebody still owes a call
    back = queries.open_back(call.id)
    commands.try_back(id=back.id, outcome="reached", by=home.bo_bo, at=at(200))
    assert tasks.forget(at(keep - 60)) == 0
    assert tasks.forget(at(keep + 60)) == 1

    assert not Call.objects.exists()
    assert Event.objects.filter(kind="call.forgotten").count() == 1
    assert list(queries.changed_words([])) == []
