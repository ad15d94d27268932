"""Put the handbook's notices in the queue: one message a reader and channel, once a key (2.4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bihuan.notify import queries, rules, wires
from bihuan.notify.models import Message
from bihuan.policy import queries as policy
from bihuan.store import statements
from bihuan.store.blocks import new_id


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice of the handbook for one reader; `key` names the occasion and the reader.

    `paced`: it answers what came by mail, so that too many of it do not leave by mail.
    """

    template: str
    key: str
    facts: Mapping[str, str]
    at: datetime
    person_id: int = 0
    staff_id: int = 0
    case_id: int = 0
    channels: tuple[str, ...] = (rules.INBOX,)
    locale: str = "zh-hans"
    paced: bool = False


def tell(
    template: str,
    *,
    key: str,
    facts: Mapping[str, str],
    at: datetime,
    person_id: int = 0,
    staff_id: int = 0,
    case_id: int = 0,
    channels: Iterable[str] = (rules.INBOX,),
    locale: str = "zh-hans",
) -> list[Message]:
    """As `tell_all`, for one notice; its messages, also when they were there before."""
    ways = tuple(channels)
    one = Telling(template, key, facts, at, person_id, staff_id, case_id, ways, locale)
    keys = [message.key for message in tell_all([one])]
    return list(Message.objects.filter(key__in=keys).order_by("id"))


def tell_all(tellings: Sequence[Telling]) -> list[Message]:
    """Queue notices of the handbook: one message a reader and channel, once a key (2.4.1).

    In the app always; by another channel that has a provider when the reader has a contact there.
    A short message says only which case: of several about one at once, the last is sent. KeyError
    for an unknown template, UnknownVariable for a missing fact: then none is queued.
    """
    made: list[Message] = []
    open_ = wires.channels() - {rules.INBOX}
    reached = queries.reached(
        (one.person_id, one.staff_id, channel)
        for one in tellings
        for channel in one.channels
        if channel in open_
    )
    for one in tellings:
        said = rules.words(policy.current(one.at).notices[one.template], one.facts, one.locale)
        for channel in dict.fromkeys((rules.INBOX, *one.channels)):
            if channel == rules.INBOX or (one.person_id, one.staff_id, channel) in reached:
                made.append(_message(one, channel, said))
    made = _not_too_often(_one_text_each(made), tellings)
    statements.insert_all(made)
    return made


def _one_text_each(made: Sequence[Message]) -> list[Message]:
    """Without the short messages that a later one about the same case makes needless."""
    short = [m for m in made if m.channel in rules.SHORT and m.case_id]
    last = {(m.channel, m.person_id, m.case_id): m.key for m in short}
    return [m for m in made if last.get((m.channel, m.person_id, m.case_id), m.key) == m.key]


def _not_too_often(made: list[Message], tellings: Sequence[Telling]) -> list[Message]:
    """Of acknowledgements of what came by mail only so many go by mail an hour, and one waits.

    Two robots that answer each other would never end (RFC 3834, 2), and whoever forges a sender
    would have us write to him without end. In the app each notice is there at once.
    """
    paced = {one.key for one in tellings if one.paced}
    held = [m for m in made if m.channel == rules.EMAIL and rules.occasion(m.key) in paced]
    if not held:
        return made
    since = min(one.created_at for one in held) - rules.HOUR
    went = queries.letters_since(
        {one.person_id for one in held}, {one.template for one in held}, since
    )
    too_many = set[str]()
    for one in held:
        before = went.setdefault(one.person_id, [])
        when = rules.not_before(before, one.created_at)
        if when is None:
            too_many.add(one.key)
        else:
            one.next_try_at = when
            before.append(when)
    return [one for one in made if one.key not in too_many]


def _message(one: Telling, channel: str, said: rules.Words) -> Message:
    return Message(
        id=new_id(one.at),
        key=f"{one.key}:{channel}",
        template=one.template,
        channel=channel,
        person_id=one.person_id,
        staff_id=one.staff_id,
        case_id=one.case_id,
        subject=said.subject,
        body="" if channel in rules.SHORT else said.body,  # a link takes its place when it is sent
        next_try_at=one.at,
        created_at=one.at,
    )
