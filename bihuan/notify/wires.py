"""What the switchboard connects to this room: providers by channel, facts and links of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from bihuan.core.actors import Actor
from bihuan.core.ports import Notifier
from bihuan.events.delivery import Place
from bihuan.events.models import Event
from bihuan.events.wires import called, wired
from bihuan.notify.rules import Facts

FactsOf = Callable[[Sequence[Event]], Mapping[Place, Facts]]
Make = Callable[[datetime], Notifier | None]
_ANY = datetime(2026, 1, 1, tzinfo=UTC)
LinksOf = Callable[[Iterable[int], Actor], Mapping[int, str]]


def notifier(channel: str, at: datetime) -> Notifier | None:
    """The provider of a channel as of `at`, None while it has none; KeyError for no channel."""
    return dict(_notifiers())[channel](at)


def rate(channel: str) -> int:
    """Messages a minute that the supplier of this channel takes; 0: as many as there are."""
    return int(wired("RATES", {}).get(channel, 0))


def channels() -> frozenset[str]:
    """The channels that have a provider, which does not depend on the moment."""
    return frozenset(ways())


def ways() -> tuple[str, ...]:
    """The same in the order of the switchboard, which is the order they are offered in."""
    return tuple(channel for channel, make in _notifiers() if make(_ANY) is not None)


def case_facts(events: Sequence[Event]) -> Mapping[Place, Facts]:
    """What notices may know of the case behind each of these events, by stream and seq.

    Events whose stream is no case are missing. The words come when they are looked up, in the
    language that is active then.
    """
    find = cast(FactsOf, called(wired("FACTS", {})["case"]))
    return find(events)


def case_links(case_ids: Iterable[int], by: Actor) -> Mapping[int, str]:
    """Where this actor may look at these cases; those he may not see are missing."""
    find = cast(LinksOf, called(wired("LINKS", {})["case"]))
    return find(case_ids, by)


def footer(person_id: int, at: datetime) -> str:
    """What a letter to this person ends with: how to reach the house now; "" where nobody says."""
    find = wired("FOOTER", "")
    return str(called(find)(person_id, at)) if find else ""


def answered(case_id: int, person_id: int, before: datetime) -> tuple[str, ...]:
    """Message-IDs of the mails of this person about the case that a letter of then answers."""
    find = wired("ANSWERED", None)
    return tuple(called(find)(case_id, person_id, before)) if find and case_id else ()


def hidden_cases(by: Actor) -> Any:
    """A query of the ids of cases that are closed to this actor; None where nobody closes any."""
    find = wired("HIDDEN", {}).get("case")
    return called(find)(by) if find else None


def case_called(number: str, by: Actor) -> int:
    """The id of the case of this number that this actor may see; 0 when there is none."""
    find = wired("NUMBERS", {}).get("case")
    return int(called(find)(number, by)) if find else 0


def promised(event: Event) -> datetime | None:
    """By when the person must have been told what this event of a case says; None: any time."""
    find = wired("PROMISED", {}).get("case")
    return cast("datetime | None", called(find)(event)) if find else None


def _notifiers() -> Sequence[tuple[str, Make]]:
    listed: Sequence[tuple[str, Make]] = wired("NOTIFIERS", ())
    return listed
