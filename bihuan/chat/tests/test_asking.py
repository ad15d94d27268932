"""6.2: a person writes and is in the queue of people; only they and the desk can read it."""

from __future__ import annotations

import pytest

from bihuan.cases.tests import people
from bihuan.cases.tests.people import House
from bihuan.chat import commands, queries
from bihuan.chat.models import Conversation, Turn
from bihuan.chat.tests.talks import GUEST, asked, at, attends, guest, now, says, token, told, words
from bihuan.core.refusals import Invalid, NotFound, NotPossible, NotSignedIn, TooMany
from bihuan.events import seals
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return people.house()


def test_6_2_the_place_and_the_wait_are_shown_from_the_first_word_on(home: House):
    first, _ = guest(0)
    second, _ = guest(1)

    before = queries.place(second, at(1))
    attends(home.bo_bo, 2, most=1, house=home)
    after = queries.place(now(second), at(2))

    assert before is not None
    assert (before.place, before.wait, before.there) == (2, None, 0)
    assert now(first).agent_id == home.bo_bo.id
    assert after is not None
    assert (after.place, after.wait, after.there) == (1, 480, 1)


def test_who_is_there_with_room_has_the_chat_at_once(home: House):
    attends(home.bo_bo)

    row, _ = guest(1)

    assert (row.state, row.agent_id) == ("open", home.bo_bo.id)
    assert told(row.id) == ["chat.asked", "chat.said", "chat.given"]
    assert [one.code for one in queries.said(row, GUEST)] == ["", "joined"]


def test_the_same_message_sent_again_is_one_even_when_the_first_answer_was_lost(home: House):
    key = token()
    first = commands.ask(text="漏水", mark="m1", token=key, by=GUEST, at=at(0))
    again = commands.ask(text="漏水", mark="m1", token=key, by=GUEST, at=at(1))
    more = commands.speak(
        id=first.chat.id, text="还有异味", mark="m2", token=key, by=GUEST, at=at(2)
    )
    twice = commands.speak(
        id=first.chat.id, text="还有异味", mark="m2", token=key, by=GUEST, at=at(3)
    )

    assert (first.replayed, again.replayed, more.replayed, twice.replayed) == (
        False, True, False, True,
    )  # fmt: skip
    assert (again.turn.n, more.turn.n, twice.turn.n) == (1, 2, 2)
    assert Conversation.objects.count() == 1
    assert Turn.objects.filter(voice="user").count() == 2


def test_nobody_reads_writes_or_hears_of_a_chat_that_is_not_theirs(home: House):
    row, key = guest(0)
    signed = asked(home.ai_li, 1)
    other = token()

    for who, held, id in [
        (GUEST, other, row.id), (GUEST, "", row.id), (home.ding, other, signed.id),
        (GUEST, key, signed.id), (home.ding, "", row.id), (GUEST, key[:-1] + "!", row.id),
    ]:  # fmt: skip
        for act in (commands.typing, commands.finish, commands.leave, commands.be_there):
            with pytest.raises(NotFound):
                act(id=id, token=held, by=who, at=at(2))
        with pytest.raises(NotFound):
            queries.chat(id, who, held)
        with pytest.raises(NotFound):
            commands.speak(id=id, text="偷看", token=held, by=who, at=at(2))
        with pytest.raises(NotFound):
            commands.read(id=id, n=1, token=held, by=who, at=at(2))

    assert queries.chat(signed.id, home.ai_li).id == signed.id
    with pytest.raises(NotSignedIn):
        commands.ask(text="没有钥匙", by=GUEST, at=at(3))


def test_a_guest_who_gives_anothers_phone_does_not_open_their_chats(home: House):
    """Only who signed in is the person: what is claimed opens nothing."""
    row, key = guest(0)
    attends(home.bo_bo, 1)
    says(row, home.bo_bo, "您好", 2)
    case = commands.open_case(id=row.id, contact=people.filing().contact, by=home.bo_bo, at=at(3))

    assert case.person_id == home.ai_li.id
    assert now(row).person_id == home.ai_li.id
    assert not now(row).proven
    with pytest.raises(NotFound):
        queries.chat(row.id, home.ai_li)
    assert queries.chat(row.id, GUEST, key).id == row.id


def test_words_are_sealed_numbers_are_masked_and_the_log_knows_only_their_hash(home: House):
    row, key = guest(0, "我是 13900002718，卡号 6222021234567890128")

    turn = Turn.objects.get(chat_id=row.id, n=1)
    assert b"13900002718" not in bytes(turn.text)
    assert words(row, GUEST, key) == ["我是 139****2718，卡号 ***************0128"]
    assert not Event.objects.filter(stream=row.id, data__icontains="2718").exists()
    attends(home.bo_bo, 1)
    numbers = commands.reveal_chat(id=row.id, reason="核对订单", by=home.bo_bo, at=at(2))
    assert [value for _, value in numbers] == ["13900002718", "6222021234567890128"]


def test_a_changed_word_is_found_by_the_verifier(home: House):
    row, _ = guest(0)
    said = [
        seals.Said(e.stream, e.seq, e.kind, e.data) for e in Event.objects.filter(kind="chat.said")
    ]
    assert list(queries.changed_words(said)) == []

    turn = Turn.objects.get(chat_id=row.id, n=1)
    turn.text = queries.sealed(0, turn.id, "破壁机很好")
    turn.save()

    assert list(queries.changed_words(said)) == said


def test_a_flood_of_words_and_a_flood_of_chats_are_refused_by_name(home: House):
    row, key = guest(0)
    for n in range(19):
        says(row, GUEST, f"第{n}句", 0.1, key)

    with pytest.raises(TooMany) as words_:
        says(row, GUEST, "太多了", 0.2, key)
    assert words_.value.facts["why"] == "messages"
    assert 0 < int(str(words_.value.facts["retry_after"])) <= 60
    with pytest.raises(TooMany):  # nor by the door at which a chat begins
        asked(minutes=0.2, token=key, text="太多了")
    assert says(row, GUEST, "一分钟后", 1.5, key)

    for _n in range(60):
        asked(minutes=2, token=token(), network="203.0.113.9")
    with pytest.raises(TooMany) as chats:
        asked(minutes=3, token=token(), network="203.0.113.9")
    assert chats.value.facts["why"] == "chats"
    assert asked(minutes=3, token=token(), network="203.0.113.10")
    for n in range(12):
        mine = asked(home.ai_li, 3, network="203.0.113.9")
        commands.finish(id=mine.id, by=home.ai_li, at=at(3 + n / 100))
    with pytest.raises(TooMany):
        asked(home.ai_li, 4)


def test_what_cannot_be_said_is_refused_at_its_field_and_begins_nothing(home: House):
    for text in ("", "   ", "字" * 2001, "坏\x00字"):
        with pytest.raises(Invalid) as fault:
            asked(token=token(), text=text)
        assert "text" in fault.value.fields
    assert not Conversation.objects.exists()


def test_transfer_to_a_person_calls_the_desk_once_a_minute_and_keeps_the_place(home: House):
    row, key = guest(0)
    guest(1)
    for minutes in (2, 2.5, 4):
        commands.call_person(id=row.id, token=key, by=GUEST, at=at(minutes))

    assert told(row.id).count("chat.person_called") == 2
    place = queries.place(now(row), at(4))
    assert place is not None
    assert place.place == 1


def test_whoever_signs_in_takes_the_chat_with_them_sealed_under_their_own_key(home: House):
    row, key = guest(0)

    commands.prove(id=row.id, token=key, by=home.ai_li, at=at(1))

    assert queries.going(home.ai_li) == now(row)
    assert words(row, home.ai_li) == ["破壁机漏水"]
    with pytest.raises(NotFound):  # somebody else at the same browser, after the sign-out
        queries.chat(row.id, GUEST, key)
    theirs = asked(home.ding, 1, token=key)
    with pytest.raises(NotFound):
        queries.chat(theirs.id, GUEST, key)
    from bihuan.store import secrets

    secrets.destroy(home.ai_li.id, at=at(2))
    assert words(row, home.ai_li) == [None]


def test_stars_are_given_once_by_the_person_after_the_end(home: House):
    attends(home.bo_bo)
    row, key = guest(1)
    rated = {"id": row.id, "token": key, "by": GUEST}
    with pytest.raises(NotPossible):
        commands.rate(**rated, score=5, at=at(2))
    says(row, home.bo_bo, "已补发", 3)
    commands.end(id=row.id, by=home.bo_bo, at=at(4))
    with pytest.raises(Invalid):
        commands.rate(**rated, score="6", at=at(5))
    commands.rate(**rated, score="4", text="很快", at=at(5))
    commands.rate(**rated, score="1", at=at(6))

    assert now(row).score == 4
    assert "很快" not in words(row, GUEST, key)
    assert "很快" in words(row, home.bo_bo)
