"""Two cases made one, one made two, and a merge undone: nothing said or owed is lost (E.02)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bihuan.cases.models import Case, Entry
from tests.journeys.walk import DAY, HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def dues(walk: Walk, case: Case) -> list[tuple[str, datetime]]:
    rows = walk.api.get(f"/cases/{case.number}").json()["clocks"]
    return sorted(
        (c["milestone"], datetime.fromisoformat(c["due_at"]))
        for c in rows
        if c["state"] == "running"
    )


def test_e_02_2_2_3_the_later_of_two_alike_is_merged_from_either_and_undone_with_its_dues(
    walk: Walk,
):
    bo_bo, chen = walk.home.bo_bo, walk.home.chen
    first = walk.called()
    walk.at += HOUR
    second = walk.called()
    owed = dues(walk, second)
    for case, words in ((first, "把这件并入本件"), (second, "把本件并入这件")):
        shown = walk.client(bo_bo).get(case.desk_url).content.decode()
        assert f'action="{second.desk_url}do/merge/"' in shown
        assert words in shown
    lost = walk.do(bo_bo, first, "merge", into=second.number)
    assert lost.status_code == 422
    assert "那件收到得更晚" in plain(lost)

    walk.did(bo_bo, second, "merge", into=first.number)
    walk.at += HOUR
    walk.did(chen, second, "unmerge", reason="不是同一台机器")

    assert second.state == "filed"
    assert dues(walk, second) == owed


def test_e_02_2_2_3_what_is_split_off_owes_from_when_the_person_said_it(walk: Walk):
    case = walk.called()
    owed = dues(walk, case)
    walk.at += HOUR
    walk.asked(case, "message", text="还有，另一个包裹送错了地址。")
    said = Entry.objects.get(case_id=case.id, voice="user", kind="message")
    walk.at += HOUR

    walk.did(
        walk.home.bo_bo, case, "split", entry_id=said.id, text="另一个包裹送错了地址。",
        reason="两件事",
    )  # fmt: skip

    other = Case.objects.exclude(id=case.id).get()
    assert other.received_at == said.at
    assert dues(walk, case) == owed
    assert ("case.first_response", said.at + DAY) in dues(walk, other)
    assert other.number in walk.see(walk.home.bo_bo, case.desk_url)
