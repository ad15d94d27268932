"""What happened on a case and what is owed, told to one reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bihuan.cases.lifecycle import MILESTONES
from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.queries.paused import breaks
from bihuan.core import quoting
from bihuan.core.actors import Actor
from bihuan.core.clocks import CountedDay, Hold, due
from bihuan.core.handbook import Handbook, Limit, Promise
from bihuan.core.terms import Survey
from bihuan.events import catalog
from bihuan.events.models import Event
from bihuan.policy import queries as policy
from bihuan.store import statements
from bihuan.web.words import english

ORDER = {milestone: place for place, milestone in enumerate(MILESTONES)}
FEEDBACK = frozenset({"suggestion", "praise"})
#: The step after which a result is told, or the telling itself.
RESULT = frozenset(
    {"case.handling_done", "complaint.final_feedback_sent", "case.result_notice_sent"}
)
#: A case is archived so long before its working day is over (X-27), in the night.
ARCHIVED_AHEAD = timedelta(hours=1)

#: What a step writes before its two parts, in Chinese as they are kept and in English.
PARTS = {
    "case.result_notified": (("处理过程：", "Progress: "), ("处理结果：", "Result: ")),
    "case.declined": (("", ""), ("依据：", "Basis: ")),
    "case.resolved": (("", ""), ("依据：", "Basis: ")),
    "case.repaired": (("", ""), ("恢复时间：", "Restored at: ")),
    "case.found": (("", ""), ("拟采取的措施：", "Proposed measure: ")),
}

_SEALED = re.compile(r"⟦([^⟦⟧|]{1,60})\|\d{1,16}⟧")


def unsealed(text: str) -> str:
    """Words as everybody may read them: the tokens of sealed numbers as their masks."""
    return _SEALED.sub(lambda found: found[1], text)


def parts(kind: str, text: str) -> tuple[str, str]:
    """The two parts that a step put together, without labels; the second is "" if there is one."""
    (first, _), (second, _) = PARTS.get(kind, (("", ""), ("", "")))
    head, found, tail = text.partition(f"\n{second}") if second else (text, "", "")
    return (head.removeprefix(first), tail) if found else (text, "")


def readable(kind: str, text: str) -> str:
    """These words with the labels between their parts in the reader's language."""
    head, tail = parts(kind, text)
    if not tail or not english():
        return text
    (_, first), (_, second) = PARTS[kind]
    return f"{first}{head}\n{second}{tail}"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a timeline: words somebody said, or an event; words carry their event's label."""

    at: datetime
    kind: str
    voice: str
    author: str
    text: str = ""
    internal: bool = False
    label: str = ""
    label_en: str = ""
    icon: str = ""
    clause: str = ""
    entry: int = 0
    actor: int = 0
    channel: str = ""
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def stretches(self) -> tuple[quoting.Stretch, ...]:
        """A mail's words as they are read, what it quotes apart; () where nothing is quoted."""
        found = quoting.folded(unsealed(self.text)) if self.channel == "email" else ()
        return found if len(found) > 1 else ()

    @property
    def lines(self) -> int:
        """How long the conversation is that these words are; 0 for words of one person."""
        return self.text.count("\n") + 1 if self.kind == "case.transcript_kept" else 0


@dataclass(frozen=True, slots=True)
class Why:
    """How one promise came to its due: the clause, the start, and every day in between."""

    promise: Promise
    started_at: datetime
    due_at: datetime
    earliest_at: datetime
    status: str
    counted: tuple[CountedDay, ...]
    policy_version: str


def clocks(case: Case) -> tuple[Clock, ...]:
    """The rows of the current round in the order of milestones, void ones left out."""
    rows = Clock.objects.filter(case_id=case.id, round=case.round, void_at__isnull=True)
    return tuple(sorted(rows, key=_place))


def clocks_of(cases: Sequence[Case]) -> dict[int, tuple[Clock, ...]]:
    """The same for many cases in one query."""
    rounds = {case.id: case.round for case in cases}
    found: dict[int, list[Clock]] = {case.id: [] for case in cases}
    for row in statements.among(Clock, "case_id", rounds):
        if row.round == rounds[row.case_id] and row.void_at is None:
            found[row.case_id].append(row)
    return {id: tuple(sorted(rows, key=_place)) for id, rows in found.items()}


def all_clocks(case: Case) -> list[Clock]:
    """Every row of every round, void ones too."""
    return list(Clock.objects.filter(case_id=case.id).order_by("round", "due_at", "milestone"))


def handbook(case: Case) -> Handbook:
    """The text the case was filed under."""
    return policy.pinned(case.policy_id)


def survey(case: Case) -> Survey:
    """What the person is asked about the handling: 7.2 for feedback, 2.4.4 for the rest."""
    surveys = handbook(case).surveys
    return surveys["feedback" if case.kind in FEEDBACK else "complaint"]


def rating(case: Case) -> Mapping[str, int] | None:
    """The marks given in this round; None when there are none yet."""
    said = Event.objects.filter(stream=case.id, kind="case.rated", data__round=case.round)
    found = said.order_by("-seq").values_list("data", flat=True).first()
    return None if found is None else {str(id): int(mark) for id, mark in found["scores"].items()}


def _place(row: Clock) -> tuple[int, datetime]:
    return (ORDER.get(row.milestone, len(ORDER)), row.due_at)


def headline(rows: tuple[Clock, ...]) -> Clock | None:
    """The running hard row that presses first: what the customer sees (HOUSE §12.1)."""
    hard = [r for r in rows if r.hard and r.done_at is None and r.void_at is None]
    return min(hard, key=lambda r: (r.effective_due_at, ORDER.get(r.milestone, 99)), default=None)


def reopens_until(case: Case) -> datetime | None:
    """Until when a closed or declined case may be taken up again; one that silence closes, too.

    None for a case that is neither, or that no day for archiving was set for.
    """
    if case.waits_until is None or case.state not in {"closed", "declined", "notified"}:
        return None
    if case.state != "notified":
        return case.waits_until - ARCHIVED_AHEAD
    return due(Limit(1, "workdays"), case.waits_until, policy.workdays()).at - ARCHIVED_AHEAD


def explain(case: Case, clock: Clock) -> tuple[Why, ...]:
    """Why this due: for each promise that meets in the row, counted anew from its start."""
    holds = breaks(case.id, clock.round) if clock.unheld_due_at else []
    return why_due(policy.pinned(case.policy_id), clock.promises, clock.started_at, holds)


def why_due(
    book: Handbook, promises: Sequence[str], started_at: datetime, holds: Sequence[Hold] = ()
) -> tuple[Why, ...]:
    """The same of these promises of a text, of whatever they were given for."""
    days = policy.workdays()
    told = []
    for id in promises:
        promise = book.promise(id)
        counted = due(promise.limit, started_at, days, holds)
        told.append(
            Why(
                promise=promise,
                started_at=started_at,
                due_at=counted.at,
                earliest_at=counted.earliest,
                status=counted.status,
                counted=counted.counted,
                policy_version=book.version,
            )
        )
    return tuple(told)


def timeline(case: Case, by: Actor) -> tuple[Item, ...]:
    """Events and words in their order; a customer sees public events and no internal words."""
    entries = {e.id: e for e in Entry.objects.filter(case_id=case.id)}
    items = []
    for event in Event.objects.filter(stream=case.id).order_by("seq"):
        kind = catalog.CATALOG[event.kind]
        entry = entries.pop(event.data.get("entry", 0), None)
        if not by.is_staff:
            if not kind.public:
                continue
            if entry is not None and entry.internal:
                entry = None
        items.append(_item(event, kind, entry))
    return tuple(items)


def _item(event: Event, kind: catalog.Kind, entry: Entry | None) -> Item:
    return Item(
        at=event.at,
        kind=event.kind,
        voice=entry.voice if entry else _voice(event.actor_role),
        author=entry.author_name if entry else "",
        text=readable(event.kind, entry.text) if entry else "",
        internal=bool(entry and entry.internal) or not kind.public,
        label=kind.label,
        label_en=kind.label_en,
        icon=kind.icon,
        clause=event.clause,
        entry=entry.id if entry else 0,
        actor=event.actor_id if _voice(event.actor_role) == "agent" else 0,
        channel=(entry.channel if entry else "") or str(_came_by(event)),
        data=event.data,
    )


def _came_by(event: Event) -> object:
    """The channel of the words a case began with stands with the case itself."""
    return event.data.get("channel", "") if event.kind == "case.filed" else ""


def _voice(role: str) -> str:
    if role in {"customer", "merchant"}:
        return "user" if role == "customer" else "merchant"
    return "system" if role == "system" else "agent"
