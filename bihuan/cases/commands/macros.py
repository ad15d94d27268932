"""Keep canned replies: make, change and remove them, one's own or shared ones (7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.cases import queries, variables
from bihuan.cases.commands.tagging import named
from bihuan.cases.fields import PRIORITIES
from bihuan.cases.models import COMPOSERS, SCOPES, Macro
from bihuan.core import inputs
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotPermitted, Stale
from bihuan.events import log
from bihuan.policy import queries as policy
from bihuan.store.blocks import new_id

CLAUSE = "1.4"  # what is answered, and how fast
BODY_MOST, SHORTCUT_MOST = 4000, 20


@transaction.atomic
def save_macro(*, macro_id: int = 0, raw: Mapping[str, Any], by: Actor, at: datetime) -> Macro:
    """常用语：a new one, or another text of one this actor may change.

    Invalid names every faulty field at once; Stale when it was changed since `version` was read.
    """
    row = queries.macro(macro_id, by, lock=True) if macro_id else Macro(id=new_id(at), version=0)
    if macro_id and not queries.may_change_macro(row, by):
        raise NotPermitted(CLAUSE, action="save_macro")
    values = _clean(raw, by, at)
    if taken := _taken(values["shortcut"], macro_id, by):
        raise Invalid({"shortcut": "shortcut_taken"}, CLAUSE, other=taken)
    if macro_id and raw.get("version") not in (None, "", row.version, str(row.version)):
        raise Stale(version=row.version)
    for name, value in values.items():
        setattr(row, name, value)
    if not macro_id or row.scope == "own":
        row.owner_id = by.id
    row.version += 1
    row.updated_at, row.updated_by = at, by.id
    row.save()
    log.append(
        "macro.saved", stream=row.id, by=by, at=at, clause=CLAUSE, macro=row.id, scope=row.scope,
        department=row.department, version=row.version,
    )  # fmt: skip
    return row


@transaction.atomic
def delete_macro(*, macro_id: int, by: Actor, at: datetime) -> None:
    """It is offered no more; what was written with it stays."""
    row = queries.macro(macro_id, by, lock=True)
    if not queries.may_change_macro(row, by):
        raise NotPermitted(CLAUSE, action="delete_macro")
    log.append(
        "macro.deleted", stream=row.id, by=by, at=at, clause=CLAUSE, macro=row.id,
        scope=row.scope, department=row.department, version=row.version,
    )  # fmt: skip
    row.delete()


def _clean(raw: Mapping[str, Any], by: Actor, at: datetime) -> dict[str, str]:
    """Every value checked; a variable nobody knows is named."""
    values: dict[str, str] = {}
    faults: dict[str, str] = {}
    facts: dict[str, object] = {}
    units = policy.current(at).departments
    for field, read in (
        ("name", lambda v: inputs.words(v, field="name", least=1, most=60, lines=False)),
        ("shortcut", _shortcut),
        ("composer", lambda v: inputs.one_of(v, COMPOSERS, field="composer")),
        ("body", _body),
        ("priority", lambda v: inputs.one_of(v, PRIORITIES, field="priority") if v else ""),
        ("tag", lambda v: (named(v, field="tag", most=1) or [""])[0]),
        ("assign_to", lambda v: inputs.one_of(v, dict(units), field="assign_to") if v else ""),
        ("scope", lambda v: _scope(v, by)),
    ):
        try:
            values[field] = read(raw.get(field))
        except Invalid as fault:
            faults |= fault.fields
            facts |= {name: fact for name, fact in fault.facts.items() if name != "fields"}
    if faults:
        raise Invalid(faults, CLAUSE, **facts)
    values["department"] = by.department if values["scope"] == "department" else ""
    return values


def _body(given: object) -> str:
    text = inputs.words(given, field="body", least=1, most=BODY_MOST)
    if strange := variables.unknown(text):
        raise Invalid({"body": "unknown_variable"}, variables="、".join(strange))
    return text


def _shortcut(given: object) -> str:
    """As it is typed behind the semicolon: no blanks, small letters."""
    text = inputs.words(given, field="shortcut", most=SHORTCUT_MOST, lines=False).lower()
    if any(c.isspace() or c in ";；" for c in text):
        raise Invalid({"shortcut": "no_blanks"})
    return text


def _taken(shortcut: str, but: int, by: Actor) -> str:
    """Which other reply this actor may use answers to the shortcut already; "" for none."""
    rows = queries.macros(by) if shortcut else []
    return next((row.name for row in rows if row.shortcut == shortcut and row.id != but), "")


def _scope(given: object, by: Actor) -> str:
    """What others use too is a supervisor's to write."""
    scope = inputs.one_of(given, SCOPES, field="scope")
    if scope != "own" and not queries.may_share(by):
        raise Invalid({"scope": "only_supervisors_share"})
    if scope == "department" and not by.department:
        raise Invalid({"scope": "no_department"})
    return scope
