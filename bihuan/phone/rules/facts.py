"""What a telephone system said of one call, put together: the same in whatever order it came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bihuan.core.calls import Fact as Fact

EVENTS = {"started": 0, "answered": 1, "ended": 2, "recording": 3}
DIRECTIONS = ["in", "out"]
OUTCOMES = ["answered", "missed", "abandoned", "voicemail", "unreached"]
#: Outcomes that leave somebody without an answer.
UNANSWERED = frozenset({"missed", "abandoned", "voicemail"})
#: Reasons of an end, as the generic format has them; any other is kept, and says nothing here.
VOICEMAIL, LEFT, LOST = "voicemail", "caller_left", "lost"
#: Facts of one kind that are kept of a call: the telephones of a queue may be many, its end is one.
FACTS_MOST = 60
SAME_MATTER = timedelta(hours=2)  # missed calls of one number within it are one case
GRACE = timedelta(seconds=20)  # events overtake each other: a call is judged when it is quiet
LONGEST = timedelta(hours=4)  # a call of which nothing more was heard has ended somehow
_ENDPOINT = re.compile(r"(?:[A-Za-z]\w{0,15}/)?(?P<number>[\w.+*#-]{1,40}?)(?:-[0-9a-f]{8})?\Z")
_MOBILE_BY_TRUNK = re.compile(r"0(1[3-9]\d{9})")  # a trunk puts a 0 before a foreign town's mobile
_ADDRESS = re.compile(r"(?:sips?|tel):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What all of it comes to. `number` is the other side's, `line` ours; `rung` extensions."""

    direction: str
    number: str
    line: str
    agent: str
    rung: tuple[str, ...]
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    reason: str
    recording: str
    recorded_seconds: int


def stands(facts: Iterable[Fact]) -> Standing:
    """The call as these facts, at least one, tell it. Their order and repetition do not matter."""
    told = sorted(set(facts), key=lambda fact: (fact.at, EVENTS[fact.event], repr(fact)))
    of = {event: [fact for fact in told if fact.event == event] for event in EVENTS}
    out = any(fact.direction == "out" for fact in told)
    answered = of["answered"][0].at if of["answered"] else None
    ended = of["ended"][-1] if of["ended"] else None
    recordings = [fact for fact in told if fact.recording]
    by = [*(of["started"] if out else []), *of["answered"]]  # who calls, or the last who answered
    sides = [(fact.number_to, fact.number_from)[:: 1 if out else -1] for fact in told]
    return Standing(
        direction="out" if out else "in",
        number=next((other for other, _ in sides if other), ""),
        line=next((ours for _, ours in sides if ours), ""),
        agent=next((fact.agent for fact in reversed(by) if fact.agent), ""),
        rung=tuple(sorted({fact.agent for fact in of["started"] if fact.agent})),
        started_at=_started(told, has_start=bool(of["started"])),
        answered_at=answered,
        ended_at=ended.at if ended else None,
        outcome=_outcome(answered, ended, out=out, recorded=bool(recordings)),
        reason=ended.reason if ended else "",
        recording=recordings[-1].recording if recordings else "",
        recorded_seconds=recordings[-1].seconds if recordings else 0,
    )


def _started(told: list[Fact], *, has_start: bool) -> datetime:
    """The first that was heard of it; without a start, as far back as its end says."""
    back = timedelta(0)
    if not has_start:
        back = timedelta(seconds=max(f.seconds if f.event == "ended" else 0 for f in told))
    return min(f.at - (back if f.event == "ended" else timedelta(0)) for f in told)


def _outcome(answered: datetime | None, ended: Fact | None, *, out: bool, recorded: bool) -> str:
    if answered:
        return "answered"
    if ended is None:
        return ""
    if out:
        return "unreached"
    if recorded or ended.reason == VOICEMAIL:
        return "voicemail"
    return "abandoned" if ended.reason == LEFT else "missed"


def adds(fact: Fact, known: Iterable[Fact]) -> bool:
    """Whether it says anything that these do not: a telephone that rings once more says nothing.

    Who waits long in a queue has the same telephones ring again and again; what ends the call
    must be heard all the same.
    """
    same = [one for one in known if one.event == fact.event]
    rang = [one.at for one in same if one.event == "started" and replace(one, at=fact.at) == fact]
    if rang:
        return fact.at < min(rang)
    return fact not in same and len(same) < FACTS_MOST


def kept(facts: Iterable[Fact]) -> str:
    """As JSON, to be sealed."""
    rows = [[*astuple(one)[:1], one.at.isoformat(), *astuple(one)[2:]] for one in facts]
    return json.dumps(rows, ensure_ascii=False)


def read(text: str) -> list[Fact]:
    """What `kept` wrote."""
    return [Fact(row[0], datetime.fromisoformat(row[1]), *row[2:]) for row in json.loads(text)]


def extension(endpoint: str) -> str:
    """The extension in `PJSIP/1001-0000002a`, `SIP/1001` or `1001`; "" when there is none."""
    found = _ENDPOINT.fullmatch(endpoint.strip())
    return found["number"] if found else ""


def bare(number: str) -> str:
    """What a telephone system wrote, without what is no part of the number; "" for withheld."""
    plain = _ADDRESS.sub("", number.strip()).partition("@")[0].partition(";")[0].strip()
    by_trunk = _MOBILE_BY_TRUNK.fullmatch(plain)
    if by_trunk:
        return by_trunk[1]
    return plain if any(sign.isdigit() for sign in plain) else ""


def is_ours(url: str, origins: Iterable[str]) -> bool:
    """Whether a recording lies on one of these origins, as `https://pbx.example.com`."""
    try:
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    return parts.scheme in {"http", "https"} and place in {one.lower() for one in origins}
