"""A chat ends: solved, left, or as a case; what nobody answered is never lost (6.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from bihuan.cases import commands as cases
from bihuan.cases.commands import Contact
from bihuan.cases.queries import Case
from bihuan.chat import queries
from bihuan.chat.commands.attending import stop_attending
from bihuan.chat.commands.casing import file_it, pass_on
from bihuan.chat.commands.giving import give_now, give_up
from bihuan.chat.commands.steps import begin, begin_own, happened, refused, say, tell
from bihuan.chat.commands.transcript import keep_rest, unanswered_words
from bihuan.chat.models import Attendance, Conversation, Turn
from bihuan.chat.rules import ENDED, OPEN, WAITING
from bihuan.core import inputs
from bihuan.core.actors import SYSTEM, Actor
from bihuan.core.refusals import Invalid, NotFound
from bihuan.policy import queries as policy

LONGEST = timedelta(days=7)  # a chat that is gone on with day by day: no file goes before its words


@transaction.atomic
def end(*, id: int, outcome: str = "solved", by: Actor, at: datetime) -> Conversation:
    """结束对话：solved, or left where nobody answers any more; gone on with by `reopen`.

    What was said since stands on its case. NotPossible `unanswered` while nobody has answered.
    """
    if not by.is_staff:
        raise NotFound()
    row = begin_own(id, "end", by)
    inputs.one_of(outcome, ["solved", "left"], field="outcome")
    if row.answered_at is None:
        raise refused(row, "end", "unanswered")
    over(row, outcome, by, at)
    give_now(row.line, at)
    return row


@transaction.atomic
def finish(*, id: int, token: str = "", by: Actor, at: datetime) -> Conversation:
    """结束：the person needs nothing more. Of what was never answered no case is made."""
    row = begin(id, "finish", by, token)
    if by.is_staff:
        raise NotFound()
    over(row, "left", by, at, told="finished")
    give_now(row.line, at)
    return row


def over(row: Conversation, outcome: str, by: Actor, at: datetime, *, told: str = "ended") -> None:
    """It has ended so, as its last turn says; the chat is held by the caller, and saved.

    What was said since its case last took it in stands there too.
    """
    happened(row, told, at, outcome=outcome)
    row.state, row.outcome, row.ended_at = ENDED, outcome, at
    row.unanswered_at = None
    if row.case_id:
        keep_rest(row, queries.number_of_case(row.case_id, SYSTEM), at)
    row.save()
    say("chat.ended", row, by, at, outcome=outcome, seconds=_seconds(row, at))
    tell(row, "ended")


def _seconds(row: Conversation, at: datetime) -> int:
    return int((at - row.asked_at).total_seconds())


@transaction.atomic
def reopen(*, id: int, token: str = "", by: Actor, at: datetime) -> Conversation:
    """继续对话：by either side, while it may be; its agent has it again, or the next one in front.

    A person who presses it again goes on. NotPossible `too_long_ago`, or `another_chat` when the
    person is in another one.
    """
    if not by.is_staff and (row := queries.locked(id, by, token)).is_going:
        return row
    row = begin(id, "reopen", by, token)
    if not queries.may_go_on(row, at):
        raise refused(row, "reopen", "too_long_ago")
    if queries.is_in_another(row):
        raise refused(row, "reopen", "another_chat")
    agent = by.id if by.is_staff else row.agent_id
    back = by.is_staff or agent in {room.staff_id for room in queries.rooms(at) if room.free}
    row.outcome, row.ended_at, row.lost_by = "", None, 0
    row.score, row.rated_at = None, None
    if back and agent:
        row.state, row.agent_id, row.given_at, row.held_at = OPEN, agent, at, None
        row.unanswered_at = None if by.is_staff else at
    else:
        row.state, row.agent_id, row.returned, row.queued_at = WAITING, 0, True, at
        row.unanswered_at = at
    row.said_at = row.here_at = at
    happened(row, "reopened", at)
    row.save()
    say("chat.reopened", row, by, at)
    tell(row, "reopened")
    give_now(row.line, at)
    row.refresh_from_db()
    return row


@transaction.atomic
def leave(
    *, id: int, contact: Contact | None = None, token: str = "", by: Actor, at: datetime
) -> Case:
    """留言：the person waits no longer; all they wrote is a case at once, and has its number.

    Invalid `contact` for a guest who leaves no way to be told.
    """
    row = begin(id, "leave", by, token)
    if by.is_staff:
        raise NotFound()
    _reachable(row, contact)
    return as_case(row, contact, by, at)


def _reachable(row: Conversation, contact: Contact | None) -> None:
    if not row.person_id and not (contact and contact.is_given):
        raise Invalid({"contact": "missing"}, "2.4.1")


def as_case(row: Conversation, contact: Contact | None, by: Actor, at: datetime) -> Case:
    """It goes on as a case: the open one it lies on, or a new one. The chat is held, and saved."""
    case = queries.case_of(row.case_id) if row.case_id else None
    if case is None:
        case = file_it(row, contact=contact, by=by, at=at)
    elif case.is_open:
        pass_on(row, case, at)
    else:  # nobody looks at that one any more
        since = row.unanswered_at or at
        case = file_it(row, text=unanswered_words(row), since=since, by=by, at=at)
    happened(row, "case", at, number=case.number)
    over(row, "case", by, at)
    return case


# ---- what time brings


def lapse(*, by: Actor, at: datetime) -> int:
    """Every few seconds: chats of silent agents go back, silent people leave, nothing is lost.

    A bug met in one is raised when all the others are done: nobody else's must wait for it.
    """
    done, bug = 0, None
    for find, act in (
        (queries.unanswered, _return), (queries.idle, _end_idle), (queries.left_alone, _into_case),
    ):  # fmt: skip
        for id in find(at):
            try:
                done += act(id, by, at)
            except Exception as error:
                bug = bug or error
    if bug is not None:
        raise bug
    return done


def forget_chats(*, by: Actor, at: datetime) -> int:
    """Every hour: the words of old chats go; that there was one, its figures and its case stay.

    What a case holds of it is the case's, with the time of its own (3.3).
    """
    kept = timedelta(days=policy.default("chat_kept", at)) + LONGEST
    cases.forget_drafts(before=at - kept, talks=True)
    return sum(_forget(id, by, at) for id in queries.past_their_time(at))


@transaction.atomic
def _forget(id: int, by: Actor, at: datetime) -> bool:
    row = queries.held_if(id, ENDED)
    if row is None or row.forgotten_at:
        return False
    Turn.objects.filter(chat_id=row.id).delete()
    row.forgotten_at = at
    row.save(update_fields=["forgotten_at"])
    say("chat.forgotten", row, by, at)
    return True


@transaction.atomic
def _return(id: int, by: Actor, at: datetime) -> bool:
    """To the front of the queue; who lost it is given no more until he says that he is there."""
    row = queries.held_if(id, OPEN)
    if row is None or id not in queries.unanswered(at):
        return False
    seat = Attendance.objects.filter(staff_id=row.agent_id).first()
    away = seat is None or seat.seen_at <= queries.seen_since(at)
    why = "away" if away else "silent"
    agent = row.agent_id
    give_up(row, why, by, at)
    stop_attending(staff_id=agent, why=why, by=by, at=at)
    give_now(row.line, at)
    return True


@transaction.atomic
def _end_idle(id: int, by: Actor, at: datetime) -> bool:
    row = queries.held_if(id, OPEN)
    if row is None or id not in queries.idle(at):
        return False
    over(row, "left", by, at)
    give_now(row.line, at)
    return True


@transaction.atomic
def _into_case(id: int, by: Actor, at: datetime) -> bool:
    row = queries.held_if(id, WAITING)
    if row is None or id not in queries.left_alone(at):
        return False
    if row.answered_at and not row.case_id and queries.heard_since_answer(row) == 0:
        over(row, "left", by, at)  # answered, and nothing was said since: nothing is lost
        return True
    as_case(row, None, by, at)
    return True
