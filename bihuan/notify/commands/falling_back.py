"""When one way fails, the next one that the notice allows and the person has is taken (2.4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bihuan.notify import queries, rules, wires
from bihuan.notify.commands.steps import note_all, step, steps_of
from bihuan.notify.models import Message
from bihuan.notify.wishes import NOTHING_SAID
from bihuan.policy import queries as policy
from bihuan.store import statements
from bihuan.store.blocks import new_id


def fall_back(failed: Iterable[Message], at: datetime) -> list[Message]:
    """Queue each notice that did not reach its person by the next way not tried yet, as they chose.

    Once a notice and way: what had gone there before is not sent again. Staff have their inbox.
    """
    lost = [one for one in failed if one.person_id and one.channel != rules.INBOX]
    if not lost:
        return []
    known, ways = policy.current(at).notices, wires.channels()
    said_by = queries.wishes({(one.person_id, 0) for one in lost}, at)
    gone = queries.gone_by(one.key for one in lost)
    wanted = [
        (one, way)
        for one in lost
        if one.template in known
        for way in said_by.get((one.person_id, 0), NOTHING_SAID).next_ways(
            known[one.template], gone[rules.occasion(one.key)]
        )
        if way in ways
    ]
    reached = queries.reached((one.person_id, 0, way) for one, way in wanted)
    said = queries.said_in_app(one.key for one in lost)
    made: dict[int, Message] = {}
    for one, way in wanted:
        if (one.person_id, 0, way) in reached and one.id not in made and one.key in said:
            made[one.id] = _message(one, way, said[one.key], at)
    later = queries.goes_at((message, at) for message in made.values())
    for message in made.values():
        if message.id in later:
            message.next_try_at, message.held = later[message.id], "quiet"
    statements.insert_all(list(made.values()))
    note_all(step(id, "fell_back", at, way=one.channel) for id, one in made.items())
    note_all(each for one in made.values() for each in steps_of(one))
    return list(made.values())


def _message(lost: Message, way: str, said: rules.Words, at: datetime) -> Message:
    return Message(
        id=new_id(at),
        key=f"{rules.occasion(lost.key)}:{way}",
        template=lost.template,
        channel=way,
        person_id=lost.person_id,
        case_id=lost.case_id,
        subject=said.subject,
        body="" if way in rules.SHORT else said.body,
        next_try_at=at,
        created_at=at,
        must_by=lost.must_by,
    )
