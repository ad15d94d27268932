"""Everybody is told in the order, of the things and at the hours they chose (2.4.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.core import signing
from django.test import RequestFactory

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as persons
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPossible
from bihuan.events.models import Event
from bihuan.notify import commands, outgoing, queries, tasks
from bihuan.notify.commands import Telling, Wished
from bihuan.notify.models import Message
from bihuan.notify.tests.people import AT, STREAM, People, every_word
from bihuan.notify.tests.sink import Sink
from bihuan.notify.tests.test_falling_back import Texts, texts, wang
from bihuan.notify.views.wishes import unsubscribe
from bihuan.notify.wishes import Quiet, Wishes
from bihuan.policy.loader import load_current

__all__ = ["texts", "wang"]  # fixtures
NIGHT = Quiet(22 * 60, 8 * 60)
ELEVEN = datetime(2026, 2, 13, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
MORNING = datetime(2026, 2, 14, 0, 0, tzinfo=UTC)  # 8:00 there


def wish(person: int, *, by: Actor | None = None, case_id: int = 0, at: datetime = AT, **said):
    by = by or Actor(person, frozenset({Role.CUSTOMER}))
    wished = Wished(**{"first": "email", **said})
    return commands.set_wishes(person_id=person, wished=wished, case_id=case_id, by=by, at=at)


def tell(
    person: int, template: str = "result", at: datetime = ELEVEN, limit: datetime | None = None
) -> None:
    one = Telling(
        template, f"{at}:{template}:p{person}", every_word(), at, person_id=person,
        case_id=STREAM, channels=("email",), promised=lambda: limit,
    )  # fmt: skip
    commands.tell_all([one])


def ways(template: str = "result") -> dict[str, str]:
    return dict(Message.objects.filter(template=template).values_list("channel", "state"))


@pytest.mark.parametrize(
    ("hour", "minute", "ends"),
    [(21, 59, None), (22, 0, 32), (0, 0, 8), (7, 59, 8), (8, 0, None)],
)
def test_a_night_lasts_over_midnight_and_its_end_is_not_in_it(
    hour: int, minute: int, ends: int | None
):
    there = datetime(2026, 2, 13, hour, minute, tzinfo=UTC) - timedelta(hours=8)
    day = datetime(2026, 2, 12, 16, 0, tzinfo=UTC)

    assert NIGHT.until(there) == (None if ends is None else day + timedelta(hours=ends))


def test_at_night_a_letter_waits_until_morning_and_the_app_does_not(people: People, sink: Sink):
    wish(people.aili, quiet=NIGHT)
    tell(people.aili, limit=MORNING + timedelta(hours=1))

    tasks.send_inbox(ELEVEN)
    for later in (ELEVEN, MORNING - timedelta(seconds=1)):
        tasks.send_email(later)
    assert ways() == {"inbox": "delivered", "email": "queued"}
    assert sink.letters == []

    tasks.send_email(MORNING)
    assert ways()["email"] == "sent"


def test_no_night_holds_a_result_past_its_time_limit(people: People, sink: Sink):
    wish(people.aili, quiet=NIGHT)
    tell(people.aili, limit=MORNING - timedelta(seconds=1))

    tasks.send_email(ELEVEN)

    assert ways()["email"] == "sent"


def test_what_falls_into_the_night_later_waits_as_well(wang: int, sink: Sink, texts: Texts):
    """A second try, and the way that is taken instead."""
    dusk = ELEVEN - timedelta(hours=1, seconds=10)
    wish(wang, quiet=NIGHT)
    sink.mood = "busy"
    tell(wang, at=dusk)
    tasks.send_email(dusk)
    assert Message.objects.get(channel="email").next_try_at == MORNING

    sink.mood = "unknown_user"
    Message.objects.update(next_try_at=ELEVEN)
    tasks.send_email(ELEVEN)
    tasks.send_sms(ELEVEN)
    assert ways()["sms"] == "queued"
    tasks.send_sms(MORNING)
    assert ways()["sms"] == "sent"


def test_whoever_acts_is_awake(people: People, sink: Sink):
    wish(people.aili, quiet=NIGHT)
    one = Telling(
        "registered", "1.1:registered:p", every_word(), ELEVEN, person_id=people.aili,
        case_id=STREAM, channels=("email",), awake=True,
    )  # fmt: skip
    commands.tell_all([one])

    tasks.send_email(ELEVEN)

    assert ways("registered")["email"] == "sent"


def test_the_order_they_chose_is_the_order_that_is_tried(wang: int, sink: Sink, texts: Texts):
    wish(wang, first="sms", then=())
    texts.refuses = True
    commands.tell(
        "closed", key="1.1:closed:p", facts=every_word(), person_id=wang, case_id=STREAM,
        channels=["sms"], at=AT,
    )  # fmt: skip
    tasks.send_sms(AT)
    assert ways("closed") == {"inbox": "queued", "sms": "dead"}  # no other way, they said

    accounts.mail_failed(person_id=wang, by=SYSTEM, at=AT)
    Message.objects.all().delete()
    wish(wang, first="sms")
    tell(wang)
    assert ways() == {"inbox": "queued", "sms": "queued"}  # letters come back: the next way at once


def test_a_kind_they_keep_to_the_app_stays_there_and_a_result_does_not(people: People, sink: Sink):
    wish(people.aili, app_only=("progress",))

    tell(people.aili, "progress")
    tell(people.aili, "result")

    assert ways("progress") == {"inbox": "queued"}
    assert ways("result") == {"inbox": "queued", "email": "queued"}


def test_what_must_always_be_told_cannot_be_kept_to_the_app():
    always = {
        "registered", "accepted", "declined", "answered", "preliminary_result", "result",
        "closed", "closed_by_silence", "reopened", "overdue", "confirm_reminder",
        "follow_up_done", "kind_changed", "complained",
    }  # fmt: skip
    notices = load_current().notices

    assert [id for id in always if notices[id].topic] == []
    alarms = ("clock_breached", "climbed", "unrouted_long")
    assert [id for id in alarms if notices[id].topic] == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("first", {"first": "pigeon"}),
        ("then", {"then": ("sms",)}),
        ("app_only", {"app_only": ("result",)}),
        ("quiet", {"quiet": Quiet(8 * 60, 22 * 60)}),
    ],
)
def test_a_wish_that_cannot_be_kept_is_refused_at_its_field(people: People, field: str, said: dict):
    with pytest.raises(Invalid) as no:
        wish(people.aili, **said)

    assert set(no.value.fields) == {field}


def test_a_colleague_changes_it_for_the_person_who_is_told_and_it_can_be_set_back(people: People):
    bobo = Actor(people.bobo, frozenset({Role.AGENT}), "customer_service")
    wish(people.aili, quiet=NIGHT)

    wish(people.aili, by=bobo, case_id=STREAM, first="inbox")

    told = Message.objects.filter(template="preferences_changed", person_id=people.aili)
    assert set(told.values_list("channel", flat=True)) == {"inbox", "email"}  # the way until now
    (event,) = Event.objects.filter(stream=STREAM, kind="person.wishes_set")
    assert (event.actor_id, event.data["ways"]) == (people.bobo, ["inbox"])

    commands.unset_wishes(person_id=people.aili, case_id=STREAM, by=bobo, at=AT)
    now = queries.told_how(people.aili, bobo)
    assert (now.first, now.quiet) == ("email", NIGHT)
    with pytest.raises(NotPossible):
        commands.unset_wishes(person_id=people.aili, case_id=STREAM, by=bobo, at=AT)


def test_nobody_changes_it_for_the_person_of_a_case_they_do_not_see(people: People):
    stranger = Actor(people.aili + 1, frozenset({Role.CUSTOMER}))
    other = Actor(people.chen, frozenset({Role.AGENT}), "technology")

    with pytest.raises(NotFound):
        wish(people.aili, by=stranger)
    with pytest.raises(NotFound):
        wish(people.aili, by=other, case_id=STREAM)


def test_the_link_in_a_letter_stops_its_kind_and_looking_stops_nothing(people: People, sink: Sink):
    tell(people.aili, "progress")
    tell(people.aili, "result")
    tasks.send_email(ELEVEN)
    letters = [message_from_bytes(letter, policy=default) for letter in sink.letters]
    result, progress = sorted(letters, key=lambda letter: "List-Unsubscribe" in letter)
    assert "List-Unsubscribe" not in result
    assert progress["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = progress["List-Unsubscribe"].strip("<>").split("/")[-2]

    def asked(method: str):
        request = getattr(RequestFactory(), method)("/unsubscribe/x/")
        return unsubscribe(request, token=token)

    assert outgoing.unsubscribes(token) == (people.aili, "progress")
    assert asked("get").status_code == 200
    told = queries.told_how(people.aili, SYSTEM)
    assert told.app_only == frozenset()
    assert asked("post").status_code == 200
    assert queries.told_how(people.aili, SYSTEM).app_only == {"progress"}
    assert outgoing.unsubscribes(signing.dumps([people.aili, "progress"])) is None


def test_letters_to_staff_wait_for_their_shift_and_alarms_do_not(people: People):
    bobo = Actor(people.bobo, frozenset({Role.AGENT}), "customer_service")
    chen = Actor(people.chen, frozenset({Role.SUPERVISOR}), "customer_service")
    accounts.set_shifts(
        staff_id=people.bobo, shifts=[(day, 9 * 60, 18 * 60) for day in range(1, 6)], by=chen, at=AT
    )
    commands.set_staff_wishes(app_only=[], off_duty=True, by=bobo, at=AT)
    back = persons.next_on_duty([people.bobo], ELEVEN)[people.bobo]
    notices = load_current().notices

    assert back == datetime(2026, 2, 16, 1, 0, tzinfo=UTC)  # Monday, 9:00
    said = queries.wishes({(0, people.bobo)}, ELEVEN)[(0, people.bobo)]
    assert said.goes_at(notices["urged"], ELEVEN) == back
    assert said.goes_at(notices["clock_breached"], ELEVEN) == ELEVEN
    assert persons.next_on_duty([people.bobo], AT) == {}  # 16:00 on a Friday
    assert Wishes().goes_at(notices["urged"], ELEVEN) == ELEVEN


def test_what_is_sent_once_more_keeps_its_time_limit_at_night(people: People, sink: Sink):
    wish(people.aili, quiet=NIGHT)
    tell(people.aili, limit=MORNING - timedelta(seconds=1))
    tasks.send_email(ELEVEN)
    chen = Actor(people.chen, frozenset({Role.SUPERVISOR}), "customer_service")
    at = ELEVEN + timedelta(minutes=5)

    letter = Message.objects.get(channel="email")
    made = commands.resend(message_id=letter.id, reason="用户说没有收到", by=chen, at=at)
    sink.mood = "busy"
    tasks.send_email(at)

    made.refresh_from_db()
    assert made.tries == 1
    assert made.next_try_at is not None
    assert made.next_try_at < MORNING
