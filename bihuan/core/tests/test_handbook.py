"""Which promises hold for which case, and what is told on which event."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.handbook import Applies, Handbook, Limit, Promise
from bihuan.core.terms import Notice

MAJOR = {
    "kind": "complaint",
    "channel": "email",
    "category": "service_quality",
    "severity": "major",
    "tier": 2,
}


def promise(id: str, force: str = "must", **applies: frozenset) -> Promise:
    return Promise(
        id=id, clause="1.4", says="24小时内响应", source="24小時內響應", en="", force=force,
        applies=Applies(**applies), start="request.submitted", until="case.first_response",
        limit=Limit(24, "hours"),
    )  # fmt: skip


def notice(id: str, *on: str) -> Notice:
    return Notice(
        id=id, on=on, audience="customer", channels=("inbox",), clause="2.4.1", variables=(),
        title="已受理", title_en="Accepted", body="", body_en="",
    )  # fmt: skip


EVERYBODY = promise("C-1.4-1")
ONLY_MAJOR = promise("C-2.3.1-3", severity=frozenset({"major"}), kind=frozenset({"complaint"}))
TIER_ONE = promise("C-4.2-1", force="plan", tier=frozenset({1}))
FILED, ENDED = notice("filed", "case.filed"), notice("ended", "case.confirmed", "case.filed")
EMPTY = {f.name: {} for f in fields(Handbook) if "Mapping" in str(f.type)}
BOOK = Handbook(
    **EMPTY
    | {"notices": {"filed": FILED, "ended": ENDED}}
    | {
        "version": "2025", "title": "服务手册", "title_en": "Handbook",
        "in_force_from": date(2025, 1, 1), "source_sha256": "", "sha256": "",
        "mode": "strictest_governs", "promises": (EVERYBODY, ONLY_MAJOR, TIER_ONE),
    }
)  # fmt: skip


def test_a_case_has_the_promises_that_mean_it_in_the_order_of_the_handbook():
    assert BOOK.promises_for(**MAJOR) == (EVERYBODY, ONLY_MAJOR)
    assert BOOK.promises_for(**MAJOR | {"severity": "general", "tier": 1}) == (EVERYBODY, TIER_ONE)


@pytest.mark.parametrize("field", ["kind", "channel", "category", "severity", "tier"])
def test_each_condition_alone_keeps_a_case_out(field):
    meant = Applies(**{field: frozenset({MAJOR[field]})})
    other = Applies(**{field: frozenset({99 if field == "tier" else "other"})})

    assert meant.to(**MAJOR)
    assert not other.to(**MAJOR)


@given(st.fixed_dictionaries({name: st.frozensets(st.sampled_from([value, "x"]))
                              for name, value in MAJOR.items()}))  # fmt: skip
def test_a_further_condition_never_lets_more_cases_in(conditions):
    narrow = Applies(**conditions)

    for name in conditions:
        wider = replace(narrow, **{name: frozenset()})
        assert not narrow.to(**MAJOR) or wider.to(**MAJOR)


@pytest.mark.parametrize(
    ("force", "hard"),
    [("must", True), ("commit", True), ("rule", True), ("plan", False), ("expectation", False),
     ("external", False)],
)  # fmt: skip
def test_only_duties_commitments_and_rules_are_breached(force, hard):
    assert promise("C-1.4-1", force=force).hard is hard


def test_a_promise_is_found_by_its_id_and_an_unknown_one_is_a_bug():
    assert BOOK.promise("C-4.2-1") is TIER_ONE
    with pytest.raises(KeyError):
        BOOK.promise("C-9.9-9")


def test_the_notices_of_an_event_are_those_that_name_it():
    assert list(BOOK.notices_on("case.filed")) == [FILED, ENDED]
    assert list(BOOK.notices_on("case.confirmed")) == [ENDED]
    assert list(BOOK.notices_on("case.exploded")) == []
