"""Every row of the lifecycle has a clause, a command, a label and an event; no state is a trap."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bihuan.cases import commands
from bihuan.cases.fields import FIELDS
from bihuan.cases.lifecycle import CASE, MILESTONES
from bihuan.core import clocks
from bihuan.core.actors import STAFF, Role
from bihuan.core.lifecycle import Step
from bihuan.desk.forms import LABELS
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.policy.loader import load_current

BOOK = load_current()
STEPS = tuple(CASE.steps.values())
ACTIONS = sorted({step.action for step in STEPS})
#: A case ends here; everything else leads on.
ENDS = {"archived"}
#: The customer's page of a step, where it is not called like the step.
PAGE_OF = {"add_material": "evidence"}


def _ids(step: Step) -> str:
    return f"{step.source}-{step.action}"


@pytest.mark.parametrize("step", STEPS, ids=_ids)
def test_a_row_cites_a_clause_that_there_is(step: Step) -> None:
    assert step.clause in BOOK.clauses


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_has_a_command_its_fields_and_its_event(action: str) -> None:
    assert commands.STEPS[action].__name__ == action
    assert action in FIELDS
    assert KIND_OF[action] in CATALOG


def test_there_is_no_command_or_field_list_without_a_row() -> None:
    assert set(commands.STEPS) == set(ACTIONS)
    assert set(FIELDS) == set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_whoever_may_take_a_step_finds_a_button_for_it(action: str) -> None:
    who = frozenset[Role]().union(*(step.who for step in STEPS if step.action == action))

    if who & STAFF:
        assert LABELS[action]
    if Role.CUSTOMER in who:
        page = reverse(f"portal:{PAGE_OF.get(action, action)}", args=["TS0"])
        assert page.startswith("/complaints/TS0/")
    assert who & (STAFF | {Role.CUSTOMER, Role.SYSTEM})


def test_no_button_is_labelled_that_no_step_answers() -> None:
    assert set(LABELS) <= set(ACTIONS)


def test_every_state_can_be_reached_from_the_first() -> None:
    reached, edge = {CASE.start}, {CASE.start}
    while edge:
        edge = {s.target for s in STEPS if s.source in edge and s.target} - reached
        reached |= edge

    assert reached == CASE.states()


@pytest.mark.parametrize("state", sorted(CASE.states()))
def test_every_state_leads_on_or_ends(state: str) -> None:
    others = [step for step in STEPS if step.action != "overturn"]  # an appeal opens an archive
    leads_on = any(step.source == state and step.target != state for step in others)

    assert leads_on != (state in ENDS)


def test_every_state_has_its_word_in_the_handbook() -> None:
    assert set(BOOK.states) == CASE.states()


def test_every_promise_ends_by_a_step_that_reaches_its_milestone() -> None:
    reached = {milestone for step in STEPS for milestone in step.reaches}
    awaiting = {"termination.result_sent", "termination.notice_sent"}  # room: termination
    clocks_run = {p.until for p in BOOK.promises if not p.proved_by}

    assert clocks_run - awaiting == reached


def test_the_table_and_the_clocks_agree_on_the_order_of_milestones() -> None:
    assert (*clocks.MILESTONES, "feedback.plan_set") == MILESTONES
