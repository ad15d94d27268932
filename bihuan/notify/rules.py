"""What a notice says, by which channels, to whom among staff, and when trying again is in vain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bihuan.core.actors import Role
from bihuan.core.handbook import Handbook
from bihuan.core.terms import Notice

INBOX = "inbox"
EMAIL = "email"
SMS = "sms"
WECHAT = "wechat"
PUSH = "push"
#: What says which case, and nothing of it: anybody may read a screen (3.3).
SHORT = frozenset({SMS, PUSH})
#: What carries a link that opens the one case to whoever it is sent to.
LINKED = SHORT | {WECHAT}
#: What the supplier reports on, or somebody answers, by a token of ours.
NAMED = SHORT | {EMAIL}
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
KEEP_TRYING = timedelta(hours=24)
LEAST_TRIES = 10
HOUR = timedelta(hours=1)
#: So many answers to what came by mail somebody gets by mail within an hour; the next ones wait.
LETTERS_AN_HOUR = 3
#: What is an answer to a mail beside what tells of a new case.
ANSWERS_MAIL = frozenset({"mail_files_refused"})
SUBJECT_MOST = 200
#: WeChat asks for an answer three times, 5 s each; what is filed later was not answered there.
ANSWERED_AT_ONCE = timedelta(seconds=20)
#: So often may one notice be sent to its reader again by hand.
RESENT_MOST = 3
#: What concerns those who answer for the department beside the owner: a breach (2.3.3).
ALSO_SUPERVISORS = frozenset(
    {"clock.missed", "follow_up.late", "case.unrouted_long", "rectification.late"}
)
#: What somebody must look at who is not the one who handles the case (2.2.2, 2.3.1).
ONLY_SUPERVISORS = frozenset(
    {"case.severity_proposed", "case.kind_proposed", "case.escalated", "case.pause_asked"}
)
#: Both cases of a merger say so; only the one that moves has a state to come from (2.2.3).
_TWO_SIDED = frozenset({"case.merged", "case.unmerged"})
#: What a colleague may do as well; staff are told only that the customer did (2.3.2).
_ALSO_BY_STAFF = frozenset({"case.material_added"})

_REST_OF_ADDRESS = r"/[A-Za-z0-9_\-./?=&%#~]*"  # in words that go on in Chinese right after it
_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# line ends and every other control or formatting mark: a subject is one visible line
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


class UnknownVariable(LookupError):
    """A template names a variable nobody gave: a fault of the policy or of the wiring."""


class Facts(Protocol):
    """What a notice may know about its subject; ids are 0 where there is nobody.

    `staff_variables` may hold internal words, and are for notices to staff alone.
    """

    @property
    def case_id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def person_id(self) -> int: ...
    @property
    def owner_id(self) -> int: ...
    @property
    def department(self) -> str: ...
    @property
    def variables(self) -> Mapping[str, str]: ...
    @property
    def staff_variables(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Words:
    """One visible line, and the text below it."""

    subject: str
    body: str


def fill(template: str, variables: Mapping[str, str]) -> str:
    """The template with its `{name}`s replaced in one pass: what a value says stays as it is.

    UnknownVariable when one of them is not given.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise UnknownVariable(found[1])
        return variables[found[1]]

    return _VARIABLE.sub(value, template)


def words(notice: Notice, variables: Mapping[str, str], locale: str) -> Words:
    """The notice in the reader's language; the Chinese text stands in where English has none."""
    english = locale.startswith("en")
    title = (english and notice.title_en) or notice.title
    body = (english and notice.body_en) or notice.body
    line = " ".join(_UNSEEN.sub(" ", fill(title, variables)).split())
    return Words(line[:SUBJECT_MOST], fill(body, variables).strip())


def notices_on(
    book: Handbook, event: str, data: Mapping[str, object], actor_role: str
) -> tuple[Notice, ...]:
    """What to tell when this happens: nothing to the person whose case only took another in.

    Nor are staff told that the customer wrote when it was somebody else.
    """
    if event in _TWO_SIDED and "from" not in data:
        return ()
    found = book.notices_on(event)
    if event in _ALSO_BY_STAFF and actor_role != Role.CUSTOMER:
        return tuple(notice for notice in found if notice.audience != "staff")
    return tuple(found)


def channels(notice: Notice, tell_by: str) -> tuple[str, ...]:
    """In the app always, and by the way the person chose when the notice may go there (2.4.1)."""
    if tell_by != INBOX and tell_by in notice.channels:
        return (INBOX, tell_by)
    return (INBOX,)


def answers_its_reader(event: str, actor_role: str) -> bool:
    """Whether this tells somebody what they did themselves just now, so that they are awake."""
    return event == "case.filed" or actor_role == Role.CUSTOMER


def answered_there(event: str, data: Mapping[str, object], actor_role: str, at: datetime) -> str:
    """The way on which its person has this already, in the same breath; "" for none.

    Who writes by WeChat is answered there with number, due and link: the same once more is noise,
    and one of the five messages that WeChat lets follow theirs.
    """
    wrote = event == "case.filed" and actor_role == Role.CUSTOMER
    if not wrote or data.get("channel") != WECHAT:
        return ""
    came = datetime.fromisoformat(str(data["received_at"]))
    return WECHAT if at - came <= ANSWERED_AT_ONCE else ""


def other_ways(notice: Notice, failed: str) -> tuple[str, ...]:
    """The ways beside the app by which this notice may go instead of the one that failed."""
    return tuple(way for way in notice.channels if way not in (INBOX, failed))


def with_link(body: str, base: str, link: str) -> str:
    """The words with this link in place of every address of our own pages."""
    return re.sub(re.escape(base) + _REST_OF_ADDRESS, lambda _: link, body)


def occasion(key: str) -> str:
    """What a notice is about and for whom, without the way it takes."""
    return key.rpartition(":")[0]


def colleagues(
    event: str,
    *,
    named: Iterable[int] = (),
    owner_id: int,
    actor_id: int,
    supervisors: Iterable[int],
) -> tuple[int, ...]:
    """The staff to tell: the owner, supervisors where it is theirs, never who did it himself.

    Whom the event names, where it does. A case nobody owns concerns the supervisors of its
    department whatever happens to it.
    """
    if whom := tuple(named):
        return tuple(staff for staff in dict.fromkeys(whom) if staff != actor_id)
    told = [owner_id] if owner_id and event not in ONLY_SUPERVISORS else []
    if not told or event in ALSO_SUPERVISORS:
        told += supervisors
    return tuple(staff for staff in dict.fromkeys(told) if staff != actor_id)


def wait(tries: int) -> timedelta:
    """How long until the next try, after this many: 30 s, doubled each time, at most 1 h."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)


def not_before(went: Sequence[datetime], at: datetime) -> datetime | None:
    """When the next letter may go: an hour after the third last of those that went or will go.

    None while one waits already.
    """
    if len(went) < LETTERS_AN_HOUR:
        return at
    if any(when > at for when in went):
        return None
    return max(at, sorted(went)[-LETTERS_AN_HOUR] + HOUR)


def no_such_address(status: str) -> bool:
    """Whether this enhanced code is about the address itself (RFC 3463, 3.2), not its server."""
    return bool(re.match(r"5\.1\.(?:[0-6]|10)\b", status))


def in_vain(*, tries: int, created_at: datetime, at: datetime) -> bool:
    """Give up after 24 hours, but never with fewer than ten tries: our own rest is no reason."""
    return tries >= LEAST_TRIES and at - created_at >= KEEP_TRYING
