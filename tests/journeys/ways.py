"""What staff may do and how each of it is taken back: the lines of the table of ways back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.accounts import commands as accounts
from bihuan.accounts.models import Absence, Qualification
from bihuan.cases import commands as cases
from bihuan.cases import queries, tasks
from bihuan.cases.models import (
    OPEN,
    BulkItem,
    Case,
    CaseReader,
    CaseTag,
    Clock,
    FollowUp,
    KindChange,
    LegalHold,
    Need,
    Pause,
    RoutingVersion,
    SerialMark,
    Snooze,
)
from bihuan.cases.routing import shape
from bihuan.cases.tests.people import FRIDAY, House, file, lawyer
from bihuan.cases.tests.stories import decided, handled, on, told, words
from bihuan.complaints import commands as complaints
from bihuan.complaints.models import HandlingMark, IncidentCase, Inquiry, SubTask
from bihuan.complaints.tests.incidents import added, opened
from bihuan.core.actors import Actor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THEN, BACK = FRIDAY + 3 * HOUR, FRIDAY + 3 * HOUR + timedelta(minutes=20)
#: How often it was changed, and what the database reckons of another column.
COUNTED = {"version", "reminded_round", "sort_due_at"}
LEGAL = {"name": "邮件", "department": "legal", "channels": ["email"]}


class World:
    """One case in its house; `made` is what the act has made."""

    def __init__(self, home: House) -> None:
        self.home, self.case, self.at = home, file(home), THEN
        self.made: Any = None
        self._lawyer: Actor | None = None

    def who(self, name: str) -> Actor:
        if name != "lawyer":
            return getattr(self.home, name)  # type: ignore[no-any-return]
        self._lawyer = self._lawyer or lawyer("何清")
        return self._lawyer

    def take(self, action: str, by: str = "bo_bo", /, **given: Any) -> Any:
        """A command on the case, of whichever room has it."""
        room = cases if hasattr(cases, action) else complaints
        return getattr(room, action)(**on(self.case, self.who(by), self.at), **given)

    def do(self, action: str, by: str = "bo_bo", /, **given: Any) -> Any:
        """A command that knows its row itself."""
        rooms = (cases, complaints, accounts)
        command = next(getattr(room, action) for room in rooms if hasattr(room, action))
        return command(by=self.who(by), at=self.at, **given)

    def follow_up(self) -> dict[str, Any]:
        return {"follow_up_id": FollowUp.objects.get(case_id=self.case.id).id}

    def rule(self, department: str) -> None:
        self.do("save_rule", "chen", rule=shape.rule(LEGAL | {"department": department}), place=0)

    def bulk(self, at: datetime) -> Any:
        """Ordered and carried out."""
        chosen = queries.chosen({self.case.number: 0}, self.home.bo_bo)
        run = self.do(
            "order_bulk", action="set_priority", chosen=chosen, mark=str(at), seconds=0,
            raw={"priority": "urgent", "reason": "集中处理"},
        )  # fmt: skip
        tasks.carry_out(at)
        return run

    def rows(self) -> dict[str, Any]:
        """Whatever stands of the case and beside it now, but for how often it was changed."""
        id = self.case.id
        row = Case.objects.values().get(id=id)
        kept = {k: v for k, v in row.items() if k not in COUNTED}
        clocks = Clock.objects.filter(case_id=id, void_at=None, late_at=None)
        beside: dict[str, Any] = {
            "clocks": clocks.values_list("round", "milestone", "due_at", "done_at"),
            "follow_ups": FollowUp.objects.filter(case_id=id).values_list("id", "done_at"),
            "ordered": BulkItem.objects.filter(case_id=id, state="waiting").values_list("run_id"),
            "others": Case.objects.filter(state__in=OPEN).exclude(id=id).values_list("number"),
            "drafts": RoutingVersion.objects.filter(number=0).values_list("edits"),
            "tags": CaseTag.objects.filter(case_id=id).values_list("tag_id"),
            "readers": CaseReader.objects.filter(case_id=id).values_list("staff_id"),
            "holds": LegalHold.objects.filter(case_id=id, lifted_at=None).values_list("case_id"),
            "kinds": KindChange.objects.filter(case_id=id, ended_at=None).values_list("kind"),
            "pauses": Pause.objects.filter(case_id=id, ended_at=None).values_list("until_at"),
            "needs": Need.objects.filter(case_id=id, met_at=None).values_list("code"),
            "asleep": Snooze.objects.filter(case_id=id).values_list("staff_id", "until"),
            "shares": SubTask.objects.filter(case_id=id, done_at=None, dropped_at=None).values_list(
                "department", "owner_id", "what"
            ),
            "inquiries": Inquiry.objects.filter(
                case_id=id, answered_at=None, dropped_at=None
            ).values_list("kind", "what"),
            "steps": HandlingMark.objects.filter(case_id=id).values_list("step", "skipped"),
            "incidents": IncidentCase.objects.filter(case_id=id, removed_at=None).values_list(
                "incident_id"
            ),
            "marks": SerialMark.objects.values_list("person_id", "verdict"),
            "away": Absence.objects.filter(ended_at=None).values_list("staff_id"),
            "skills": Qualification.objects.filter(dropped_at=None).values_list("staff_id", "name"),
        }
        found = {name: sorted(map(str, rows)) for name, rows in beside.items()}
        return kept | found | {"routing": queries.in_force_now().rules}


Act = Callable[[World], object]


@dataclass(frozen=True, slots=True)
class Way:
    """The act, and the command that goes back; `ready` is what comes before both.

    `said` are the two events that stand afterwards. `differs`: what is not as it was, and why it
    may not be, as the comment beside it says.
    """

    back: str
    act: Act
    undo: Act
    said: tuple[str, ...]
    ready: Act = lambda w: None
    differs: frozenset[str] = frozenset()


def step(action: str, by: str = "bo_bo", /, **given: Any) -> Act:
    """That command on the case."""
    return lambda w: w.take(action, by, **given)


def also(*acts: Act) -> Act:
    """One after the other."""
    return lambda w: [act(w) for act in acts]


def to_handled(w: World) -> None:
    handled(w.home, w.case, FRIDAY + HOUR)


def to_decided(w: World) -> None:
    to_handled(w)
    decided(w.home, w.case)


def to_told(w: World) -> None:
    to_handled(w)
    told(w.home, w.case)


def to_done(w: World) -> None:
    to_told(w)
    w.take("finish_follow_up", **w.follow_up())


def another(w: World) -> None:
    w.made = file(w.home)


def merged(w: World) -> None:
    w.take("merge", into=w.made.number)


def carried(w: World) -> None:
    """The worker takes what was ordered."""
    tasks.carry_out(BACK)


def half_done(w: World) -> Any:
    """Begun, and not yet come to the case."""
    chosen = queries.chosen({w.case.number: 0}, w.home.bo_bo)
    raw = {"priority": "urgent", "reason": "集中处理"}
    run = w.do("order_bulk", action="set_priority", chosen=chosen, mark="half", seconds=0, raw=raw)
    cases.start_bulk(run_id=run.id, at=w.at)
    return run


def split_off(w: World) -> None:
    """What was split off is put back."""
    new = Case.objects.exclude(id=w.case.id).latest("id")
    cases.merge(number=new.number, into=w.case.number, by=w.home.chen, at=BACK)


def series(w: World) -> None:
    """爱丽 complains again and again about other shops, in the same words."""
    made = [file(w.home, FRIDAY + n * timedelta(minutes=1), merchant_id=n + 1) for n in range(5)]
    cases.index_words(case_ids=[case.id for case in made])
    marked("watch")(w)


def marked(verdict: str) -> Act:
    def act(w: World) -> None:
        (group,) = queries.serials(w.home.chen, w.at)
        named = dict(zip(("person_id", "merchant_id", "fingerprint"), group.key, strict=True))
        w.do("mark_serial", "chen", **named, verdict=verdict, reason="看过往来")

    return act


def gathered(w: World) -> None:
    w.made = opened(w.home)
    Case.objects.filter(id=w.case.id).update(owner_id=w.home.bo_bo.id)


def published(department: str) -> Act:
    def act(w: World) -> None:
        w.rule(department)
        w.do("publish_routing", "chen", reason="试行")

    return act


def restored(w: World) -> None:
    w.do("restore_routing", "chen", number=0, reason="回退")


def given(w: World) -> Any:
    return w.take(
        "give", what="核对条款", department="legal", due_at=BACK + HOUR,
        owner_id=w.home.other_agent.id,
    )  # fmt: skip


def asked(w: World) -> Any:
    return w.take("ask", kind="courier", party="sf", what="请查签收照片")


def away(w: World) -> Any:
    first = FRIDAY.date()
    w.do("be_absent", staff_id=w.home.bo_bo.id, first_on=first, last_on=first, reason="leave")
    return Absence.objects.latest("id")


def skilled(w: World) -> Any:
    return w.do(
        "set_qualification", "chen", staff_id=w.home.bo_bo.id, kind="skill", name="英语"
    )  # fmt: skip


def entry(w: World) -> dict[str, Any]:
    return {"entry_id": words(w.case).id, "text": "另一件事。", "reason": "两件事"}


def join(w: World) -> None:
    added(w.home, w.made, w.case)


def leave(w: World) -> None:
    w.take("remove_from_incident", id=w.made.id, reason="不是同一原因")


def of_made(action: str, by: str = "bo_bo", key: str = "id", **given_: Any) -> Act:
    """That command on the row that the act has made."""
    return lambda w: w.do(action, by, **{key: w.made.id}, **given_)


def made_by(act: Act) -> Act:
    """The row that this makes is remembered."""

    def run(w: World) -> None:
        w.made = act(w)

    return run
