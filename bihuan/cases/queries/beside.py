"""Canned replies and tags, as far as this actor may use them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from bihuan.accounts import queries as people
from bihuan.cases import variables
from bihuan.cases.models import Case, CaseTag, Clock, Macro, Tag
from bihuan.cases.queries import story
from bihuan.cases.queries.story import handbook, headline
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import NotFound
from bihuan.orders import queries as orders
from bihuan.web import words
from bihuan.web.words import english

MOST = 200  # canned replies one reader can look through


def macros(by: Actor, composers: Collection[str] = ()) -> list[Macro]:
    """What this actor may use: his own, his department's, everybody's; for these composers."""
    rows = Macro.objects.filter(_usable(by))
    if composers:
        rows = rows.filter(composer__in=composers)
    return list(rows.order_by("composer", "name", "id")[:MOST])


def macro(macro_id: int, by: Actor, *, lock: bool = False) -> Macro:
    """One of them; NotFound when there is none for this actor."""
    rows = Macro.objects.select_for_update() if lock else Macro.objects.all()
    row = rows.filter(_usable(by), id=macro_id).first()
    if row is None:
        raise NotFound()
    return row


def _usable(by: Actor) -> Q:
    if not by.is_staff or not by.id:
        return Q(pk__in=())
    return (
        Q(scope="everybody")
        | Q(scope="own", owner_id=by.id)
        | Q(scope="department", department=by.department)
    )


def may_share(by: Actor) -> bool:
    """Whether this actor may write what others use too."""
    return Role.SUPERVISOR in by.roles


def may_change_macro(row: Macro, by: Actor) -> bool:
    """One's own is one's own; what is shared is a supervisor's."""
    return row.owner_id == by.id if row.scope == "own" else may_share(by)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with the facts of a case in it, and the variables that have none."""

    text: str
    missing: list[str]


def filled(
    text: str, composer: str, case: Case, *, step: Callable[[str], str] = str, by: Actor,
    at: datetime,
) -> Filled:  # fmt: skip
    """The variables of a canned reply replaced, in the language of whoever will read it.

    `step` names the step that reaches a milestone. A due that has passed promises nothing: it is
    missing.
    """
    person = people.shown([case.person_id], by)[case.person_id]
    scene = _Scene(case, by, at, person.name, step)
    with translation.override(settings.LANGUAGE_CODE if composer == "note" else person.locale):
        values = {name: _VALUES[name](scene) for name in variables.unfilled(text)}
    made = variables.fill(text, values)
    return Filled(made, variables.unfilled(made))


@dataclass(slots=True)
class _Scene:
    case: Case
    by: Actor
    at: datetime
    person: str
    step: Callable[[str], str]

    @property
    def clock(self) -> Clock | None:
        return headline(story.clocks(self.case))

    @property
    def order(self) -> orders.Shown | None:
        return orders.shown([self.case.order_id]).get(self.case.order_id)


def _called(terms: Mapping[str, object], id: str) -> str:
    term = terms.get(id)
    return str(getattr(term, "en" if english() else "zh", ""))


def _due(scene: _Scene) -> str:
    row = scene.clock
    moment = row.effective_due_at if row else scene.case.waits_until
    return words.due_moment(moment, scene.at) if moment and moment > scene.at else ""


def _next_step(scene: _Scene) -> str:
    row = scene.clock
    return scene.step(row.milestone) if row else ""


def _clause(scene: _Scene) -> str:
    row = scene.clock
    return handbook(scene.case).promise(row.promises[0]).clause if row else ""


_VALUES: dict[str, Callable[[_Scene], str]] = {
    "name": lambda scene: scene.person,
    "number": lambda scene: scene.case.number,
    "order": lambda scene: scene.order.number if scene.order else "",
    "product": lambda scene: scene.order.title if scene.order else "",
    "issue": lambda scene: _called(handbook(scene.case).issues, scene.case.issue),
    "due": _due,
    "next_step": _next_step,
    "clause": _clause,
    "department": lambda scene: _called(handbook(scene.case).departments, scene.case.department),
    "agent": lambda scene: scene.by.name,
    "platform": lambda scene: settings.PLATFORM_NAME,
}


def tags(case_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """The tags of each case by name, in two queries however many; those without are missing."""
    pairs = list(
        CaseTag.objects.filter(case_id__in=list(case_ids)).values_list("case_id", "tag_id")
    )
    rows = {row.id: row for row in Tag.objects.filter(id__in={tag for _, tag in pairs})}
    found: dict[int, list[Tag]] = {}
    for case_id, tag_id in pairs:
        found.setdefault(case_id, []).append(rows[tag_id])
    return {id: sorted(mine, key=lambda tag: tag.name) for id, mine in found.items()}


def tag_names(ids: Collection[int] = (), most: int = 100) -> dict[int, str]:
    """The names of these tags, or of all that there are, as far as a list to choose from goes."""
    rows = Tag.objects.filter(id__in=ids) if ids else Tag.objects.all()
    return dict(rows.order_by("name").values_list("id", "name")[:most])


def tagged(name: str) -> Q:
    """The condition that a case has this tag."""
    found = CaseTag.objects.filter(tag_id__in=Tag.objects.filter(name=name).values("id"))
    return Q(id__in=found.values("case_id"))
