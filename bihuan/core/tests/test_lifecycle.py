"""A table of steps: looked up, offered, or refused with what is possible instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.actors import Role
from bihuan.core.lifecycle import Lifecycle, Step
from bihuan.core.refusals import NotPermitted, NotPossible

AGENT, CUSTOMER, SUPERVISOR = (
    frozenset({role}) for role in (Role.AGENT, Role.CUSTOMER, Role.SUPERVISOR)
)
ACCEPT = Step("filed", "accept", "accepted", AGENT, "1.4", ("complaint.accepted",))
DECLINE = Step("filed", "decline", "declined", SUPERVISOR, "1.4")
WITHDRAW = Step("filed", "withdraw", "withdrawn", CUSTOMER, "3.1")
RESOLVE = Step("accepted", "resolve", "resolved", AGENT | SUPERVISOR, "1.2")
UNMERGE = Step("merged", "unmerge", "", SUPERVISOR, "2.2.3")
TABLE = Lifecycle("filed", [ACCEPT, DECLINE, WITHDRAW, RESOLVE, UNMERGE])


def test_a_step_of_the_table_is_found_for_whoever_may_take_it():
    assert TABLE.step("filed", "accept", AGENT) is ACCEPT


def test_a_step_from_another_state_names_its_clause_and_the_steps_that_are_possible():
    with pytest.raises(NotPossible) as refused:
        TABLE.step("filed", "resolve", AGENT | SUPERVISOR)

    assert refused.value.clause == "1.2"
    assert refused.value.facts == {
        "state": "filed",
        "action": "resolve",
        "possible": ["accept", "decline"],
    }


def test_what_is_possible_is_what_this_actor_may_do():
    with pytest.raises(NotPossible) as refused:
        TABLE.step("filed", "resolve", CUSTOMER)

    assert refused.value.facts["possible"] == ["withdraw"]


def test_an_action_nobody_knows_is_not_possible_and_has_no_clause():
    with pytest.raises(NotPossible) as refused:
        TABLE.step("filed", "explode", AGENT)

    assert refused.value.clause == ""


def test_a_step_that_is_somebody_elses_is_not_permitted():
    with pytest.raises(NotPermitted) as refused:
        TABLE.step("filed", "decline", AGENT)

    assert (refused.value.clause, refused.value.facts) == ("1.4", {"action": "decline"})


def test_the_buttons_stand_in_the_order_of_the_table():
    everybody = AGENT | SUPERVISOR | CUSTOMER

    assert TABLE.offered("filed", everybody) == [ACCEPT, DECLINE, WITHDRAW]
    assert TABLE.offered("archived", everybody) == []


@given(
    st.sampled_from(["filed", "accepted", "resolved", "merged", "gone"]),
    st.sampled_from(["accept", "decline", "withdraw", "resolve", "unmerge", "explode"]),
    st.frozensets(st.sampled_from(Role)),
)
def test_a_step_is_given_exactly_when_its_button_is_offered(state, action, roles):
    offered = {step.action for step in TABLE.offered(state, roles)}

    try:
        taken = {TABLE.step(state, action, roles).action}
    except (NotPossible, NotPermitted):
        taken = set()

    assert taken == offered & {action}


def test_the_states_are_all_that_a_step_leads_from_or_to():
    assert TABLE.states() == {
        "filed", "accepted", "declined", "withdrawn", "resolved", "merged",
    }  # fmt: skip


def test_two_rows_for_one_pair_stop_the_start():
    with pytest.raises(ValueError, match="accept from filed stands twice"):
        Lifecycle("filed", [ACCEPT, Step("filed", "accept", "resolved", AGENT, "1.4")])
