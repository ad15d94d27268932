"""Every step of a case that concerns its person is told to them, in both languages (2.4.1)."""

from __future__ import annotations

import pytest

from bihuan.cases.lifecycle import CASE
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.policy.loader import load_current

#: Steps whose person is told nothing of, and why.
UNTOLD = {
    "rate": "the person's own word, seen on the page at once",
    "message": "the person's own words, seen on the page at once",
    "add_material": "the person's own, or asked of them in an answer",
    "archive": "nothing changes for them but that it cannot be reopened, which every end has said",
    "find": "internal: what is found is told as the preliminary result or the result",
    "note": "internal",
    "assign": "who handles it stands on the page; acceptance and progress name them",
    "classify": "the page shows it; a change of the limits is told as clock.rescheduled",
    "keep_kind": "nothing has changed",
    "keep_severity": "nothing has changed",
    "set_tier": "how fast the house works within itself; dues that move are told",
    "set_priority": "the order of the house's own work",
    "split": "the new case is registered, and its registration told",
    "escalate": "internal: who looks at it",
    "tag": "internal",
    "waive_identity": "nothing is asked any more; acceptance is told",
    "ask_identity": "told by cases.tasks.tell_of_identities as identity_asked",
}
#: What happens to a case besides its steps.
BESIDE = {
    "case.filed", "case.reminded", "case.progress_told", "case.result_accepted",
    "case.closed_by_silence", "clock.missed", "clock.rescheduled", "follow_up.done",
    "follow_up.undone", "follow_up.late",
}  # fmt: skip


def told() -> set[str]:
    book = load_current()
    return {kind for one in book.notices.values() if one.audience == "customer" for kind in one.on}


@pytest.mark.parametrize("action", sorted({step.action for step in CASE.steps.values()}))
def test_a_step_is_told_or_named_with_the_reason_why_not(action: str):
    assert (KIND_OF[action] in told()) != (action in UNTOLD)


def test_what_happens_besides_the_steps_is_told_too():
    assert BESIDE - told() == set()
    assert CATALOG.keys() >= BESIDE


def test_every_notice_stands_in_both_languages():
    for notice in load_current().notices.values():
        assert notice.title_en, notice.id
        assert notice.body_en, notice.id
