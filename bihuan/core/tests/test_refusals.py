"""Every no has a code of its own, a clause, and facts instead of sentences."""

from __future__ import annotations

import re

import pytest

from bihuan.core import refusals
from bihuan.core.refusals import Invalid, NotPossible, NotSignedIn, Refusal

KINDS = [k for k in vars(refusals).values() if isinstance(k, type) and issubclass(k, Refusal)]


def test_codes_are_the_names_in_small_letters_and_no_two_are_alike():
    codes = [kind.code() for kind in KINDS]

    assert NotSignedIn.code() == "not_signed_in"
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_a_refusal_keeps_its_clause_and_its_facts():
    with pytest.raises(Refusal) as refused:
        raise NotPossible("1.4", state="closed", possible=["reopen"])

    assert refused.value.clause == "1.4"
    assert refused.value.facts == {"state": "closed", "possible": ["reopen"]}


def test_invalid_names_each_field_and_is_not_changed_by_its_caller():
    faults = {"text": "missing"}
    refused = Invalid(faults, "2.2.1", limit=9)

    faults["text"] = "too_long"

    assert refused.fields == {"text": "missing"}
    assert refused.facts == {"fields": {"text": "missing"}, "limit": 9}
    assert refused.clause == "2.2.1"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_says_what_it_is_for(kind):
    assert kind.__doc__
