"""E.02: one matter of a case becomes a case of its own, with clocks of its own words (2.2.3)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bihuan.cases import commands
from bihuan.cases.models import Case, Clock, Entry
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import DAY, HOUR, closed, dues, on, said, words
from bihuan.core import seal
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db

ALSO = "另外，上个月的退款 13912345678 也没有到账。"


def with_two_matters(home: House) -> tuple[Case, Entry]:
    """A complaint, and a day later another matter in the same case."""
    case = file(home, merchant_id=7)
    commands.message(**on(case, home.ai_li, FRIDAY + DAY), text=ALSO)
    return case, words(case)


def split(home: House, case: Case, entry: Entry, text: str = "上个月的退款没有到账。") -> Case:
    commands.split(
        **on(case, home.bo_bo, FRIDAY + 2 * DAY), entry_id=entry.id, text=text, reason="两件事"
    )
    return Case.objects.get(number=said(case, "case.split")[-1].data["other"])


def test_e_02_a_split_case_is_the_persons_and_counts_from_when_its_words_arrived():
    home = house()
    case, entry = with_two_matters(home)

    new = split(home, case, entry)

    assert (new.person_id, new.merchant_id, new.order_id, new.kind, new.channel) == (
        case.person_id, 7, case.order_id, case.kind, case.channel,
    )  # fmt: skip
    assert new.received_at == new.round_at == FRIDAY + DAY
    assert new.registered_at == FRIDAY + 2 * DAY
    assert set(Clock.objects.filter(case_id=new.id).values_list("started_at", flat=True)) == {
        FRIDAY + DAY
    }
    assert ("case.first_response", FRIDAY + DAY + 24 * HOUR) in dues(new)
    assert words(new).text == "上个月的退款没有到账。"


def test_e_02_both_streams_of_a_split_name_the_other_and_the_old_case_stays_as_it_was():
    home = house()
    case, entry = with_two_matters(home)
    owed = dues(case)

    new = split(home, case, entry)

    assert [e.kind for e in said(new)] == ["case.filed", "case.split"]
    assert said(new)[-1].data["other"] == case.number
    after = Case.objects.get(id=case.id)
    assert (after.state, after.version, dues(case)) == ("filed", case.version + 2, owed)
    assert Entry.objects.get(id=entry.id).case_id == case.id  # words never move
    assert (words(case).internal, words(case).text) == (True, "两件事")
    for stream in (case.id, new.id):
        chain = list(Event.objects.filter(stream=stream).order_by("seq"))
        assert bytes(chain[0].previous) == seal.START
        assert all(bytes(b.previous) == bytes(a.hash) for a, b in pairwise(chain))


def test_e_02_a_split_of_a_restricted_case_is_restricted():
    home = house()
    case, entry = with_two_matters(home)
    Case.objects.filter(id=case.id).update(restricted=True, owner_id=home.bo_bo.id)

    assert split(home, case, entry).restricted


@pytest.mark.parametrize("of", ["another", "note", "nothing"])
def test_e_02_only_what_the_person_said_on_this_case_is_split_off(of: str):
    home = house()
    case, _entry = with_two_matters(home)
    commands.note(**on(case, home.bo_bo, FRIDAY + 2 * DAY), text="像是两件事。")
    entry_id = {"note": words(case).id, "another": words(file(home)).id, "nothing": 1}[of]

    with pytest.raises(Invalid) as refused:
        commands.split(**on(case, home.bo_bo), entry_id=entry_id, text="退款", reason="两件事")

    assert refused.value.fields == {"entry_id": "not_known"}
    assert refused.value.clause == "2.2.3"


def test_e_02_a_split_without_words_without_a_reason_or_of_an_ended_case_is_refused():
    home = house()
    case, entry = with_two_matters(home)
    who = on(case, home.bo_bo)

    with pytest.raises(Invalid) as empty:
        commands.take("split", raw={"entry_id": entry.id, "text": "  ", "reason": ""}, **who)
    ended = closed(home, file(home))
    with pytest.raises(NotPossible):
        commands.split(**on(ended, home.bo_bo), entry_id=words(ended).id, text="退款", reason="否")

    assert set(empty.value.fields) == {"text", "reason"}
    assert Case.objects.count() == 2


def test_e_02_nobody_but_staff_of_the_case_splits_it():
    home = house()
    case, entry = with_two_matters(home)
    given = {"entry_id": entry.id, "text": "退款", "reason": "两件事"}

    for by in (home.other_agent, home.ai_li):
        with pytest.raises(NotPermitted):
            commands.split(**on(case, by), **given)
    with pytest.raises(NotFound):
        commands.split(**on(case, home.ding), **given)
