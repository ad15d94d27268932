"""Put the handbook's notices in the queue: one message a reader and channel, once a key (2.4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bihuan.notify import queries, rules, wires
from bihuan.notify.commands.steps import note_all, steps_of
from bihuan.notify.models import Message
from bihuan.notify.wishes import NOTHING_SAID, Wishes
from bihuan.policy import queries as policy
from bihuan.store import statements
from bihuan.store.blocks import new_id


@dataclass(frozen=True, slots=True)
class Telling:
    """One notice of the handbook for one reader; `key` names the occasion and the reader.

    `paced`: it answers what came by mail, so that too many of it do not leave by mail. `awake`:
    it answers what its reader does just now, so quiet hours do not hold it; `promised` is asked
    by when it must be there before they do.
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
    awake: bool = False
    promised: Callable[[], datetime | None] = lambda: None

    @property
    def reader(self) -> tuple[int, int]:
        """The person, or the member of staff."""
        return self.person_id, self.staff_id


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

    In the app always; by another channel that has a provider when the reader has a contact there,
    else by the next that is there, as they chose. What they want in the app alone stays there,
    and quiet hours hold the rest. A short message says only which case: of several about one at
    once, the last is sent. KeyError for an unknown template, UnknownVariable for a missing fact:
    then none is queued.
    """
    made: list[tuple[Message, Telling]] = []
    outside = [one for one in tellings if set(one.channels) - {rules.INBOX}]
    said_by = queries.wishes({one.reader for one in outside}, outside[-1].at) if outside else {}
    ways = _ways_of(outside, said_by)
    for one in tellings:
        said = rules.words(policy.current(one.at).notices[one.template], one.facts, one.locale)
        made += [(_message(one, way, said), one) for way in (rules.INBOX, *ways.get(one.key, ()))]
    kept = _not_too_often(_one_text_each([message for message, _ in made]), tellings)
    _hold(kept, {message.key: one for message, one in made}, said_by)
    statements.insert_all(kept)
    note_all(step for message in kept for step in steps_of(message))
    return kept


def _ways_of(
    outside: Sequence[Telling], said_by: Mapping[tuple[int, int], Wishes]
) -> dict[str, tuple[str, ...]]:
    """By its key, the ways each of them takes beside the app."""
    open_ = wires.channels() - {rules.INBOX}
    asked = {one.key: [way for way in one.channels if way in open_] for one in outside}
    there = queries.reached((*one.reader, way) for one in outside for way in asked[one.key])
    found = dict[str, tuple[str, ...]]()
    lost: list[tuple[Telling, tuple[str, ...]]] = []
    for one in outside:
        notice = policy.current(one.at).notices[one.template]
        wish = said_by.get(one.reader, NOTHING_SAID)
        if wish.app_alone(notice):
            continue
        found[one.key] = tuple(way for way in asked[one.key] if (*one.reader, way) in there)
        if one.person_id and not found[one.key]:
            others = wish.next_ways(notice, one.channels)
            lost.append((one, tuple(way for way in others if way in open_)))
    there = queries.reached((*one.reader, way) for one, ways in lost for way in ways)
    for one, ways in lost:
        found[one.key] = tuple(way for way in ways if (*one.reader, way) in there)[:1]
    return found


def _hold(
    made: Sequence[Message],
    tellings: Mapping[str, Telling],
    said_by: Mapping[tuple[int, int], Wishes],
) -> None:
    """What would wake its reader leaves when the quiet hours are over, if nothing is due before."""
    for message in made:
        one = tellings[message.key]
        wish = said_by.get(one.reader)
        if message.channel == rules.INBOX or one.awake or wish is None or not wish.may_hold:
            continue
        notice, goes = policy.current(one.at).notices[one.template], message.next_try_at or one.at
        message.must_by = one.promised()  # a later try may fall into the quiet hours too
        if (later := wish.goes_at(notice, goes, message.must_by)) > goes:
            message.next_try_at, message.held = later, "quiet"


def _one_text_each(made: Sequence[Message]) -> list[Message]:
    """Without the short messages that a later one about the same case makes needless."""
    short = [m for m in made if m.channel in rules.SHORT and m.case_id]
    last = {(m.channel, m.person_id, m.case_id): m.key for m in short}
    return [m for m in made if last.get((m.channel, m.person_id, m.case_id), m.key) == m.key]


def _not_too_often(made: list[Message], tellings: Sequence[Telling]) -> list[Message]:
    """Of all answers to what came by mail only so many go by mail an hour, and one waits.

    Two robots that answer each other would never end (RFC 3834, 2), and whoever forges a sender
    would have us write to him without end. In the app each notice is there at once.
    """
    paced = {one.key for one in tellings if one.paced}
    held = [m for m in made if m.channel == rules.EMAIL and rules.occasion(m.key) in paced]
    if not held:
        return made
    first = min(one.created_at for one in held)
    answers = {one.id for one in policy.current(first).notices_on("case.filed")}
    answers |= rules.ANSWERS_MAIL
    went = queries.letters_since({one.person_id for one in held}, answers, first - rules.HOUR)
    too_many = set[str]()
    for one in held:
        before = went.setdefault(one.person_id, [])
        when = rules.not_before(before, one.created_at)
        if when is None:
            too_many.add(one.key)
        else:
            if when > one.created_at:
                one.held = "paced"
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
