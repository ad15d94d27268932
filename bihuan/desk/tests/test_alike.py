"""2.20, E.02: one matter in two cases: shown, merged with one click, and undone."""

from __future__ import annotations

import re

from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import Case
from bihuan.cases.tests.people import TEXT, House, file
from bihuan.desk.tests.conftest import RECENTLY
from bihuan.desk.tests.test_listing import words

FORM = re.compile(r'<form method="post" action="([^"]+/do/merge/)">(.*?)</form>', re.DOTALL)


def merging(page: str) -> tuple[str, dict[str, str]]:
    """The address and the fields of the form that merges."""
    found = FORM.search(page)
    assert found
    return found[1], dict(re.findall(r'name="(into|expected_version)" value="([^"]+)"', found[2]))


def test_2_20_a_likely_same_case_stands_on_the_page_with_its_reasons_and_merges_with_one_click(
    house: House, bo_bo: Client
):
    older, newer = file(house, RECENTLY), file(house, RECENTLY)

    page = words(bo_bo.get(newer.desk_url))
    address, fields = merging(page)
    response = bo_bo.post(address, fields)

    assert "同一用户、同一类问题、内容相近 100%" in page
    assert fields == {"into": older.number, "expected_version": "1"}
    assert response.status_code == 302
    assert Case.objects.get(id=newer.id).merged_into == older.id


def test_2_20_nothing_is_offered_to_merge_where_it_cannot_be(house: House, bo_bo: Client):
    older, newer = file(house, RECENTLY), file(house, RECENTLY)
    commands.withdraw(number=older.number, by=house.ai_li, at=RECENTLY)

    page = words(bo_bo.get(newer.desk_url))

    assert older.number in page
    assert not FORM.search(page)


def test_e_02_the_target_shows_what_was_said_on_the_merged_case_with_its_number(
    house: House, bo_bo: Client, chen: Client
):
    target, merged = file(house, RECENTLY), file(house, RECENTLY, text="另外，盖子也裂了。")
    commands.note(number=merged.number, text="与前一件同批次。", by=house.bo_bo, at=RECENTLY)
    commands.merge(number=merged.number, into=target.number, by=house.bo_bo, at=RECENTLY)

    page = words(bo_bo.get(target.desk_url))
    own = words(chen.get(merged.desk_url))

    said = page.partition('<details class="merged"')[2].partition("</details>")[0]
    assert f"并入的 {merged.number}" in said
    assert "另外，盖子也裂了。" in said
    assert "内部备注" in said
    assert f"{merged.desk_url}do/unmerge/" in own
    commands.unmerge(number=merged.number, reason="并错了", by=house.chen, at=RECENTLY)
    assert '<details class="merged"' not in words(bo_bo.get(target.desk_url))


def test_2_20_while_a_call_is_taken_down_likely_cases_are_shown(house: House, bo_bo: Client):
    case = file(house, RECENTLY)
    address = "/desk/cases/new/alike/"

    known = words(bo_bo.post(address, {"phone": "139 0000 2718", "text": TEXT}))
    by_phone = words(bo_bo.post(address, {"phone": "139-0000-2718"}))
    nobody = words(bo_bo.post(address, {"phone": "13711112222", "text": TEXT}))
    broken = words(bo_bo.post(address, {"text": "\x00"}))

    assert case.number in known
    assert "merge" not in known
    assert case.number not in nobody + broken
    assert case.number in by_phone
    assert "同一用户" in by_phone
    assert "可能是同一件事" in by_phone
    assert "可能是同一件事" not in nobody + words(bo_bo.get("/desk/cases/new/"))


def test_2_20_without_javascript_they_are_shown_when_the_form_comes_back(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)

    page = bo_bo.post(
        "/desk/cases/new/", {"phone": "13900002718", "text": TEXT, "kind": "", "channel": "phone"}
    )

    assert page.status_code == 422
    assert case.number in page.content.decode()


def test_e_02_a_matter_is_split_off_on_a_form_and_both_pages_lead_to_each_other(
    house: House, bo_bo: Client
):
    case = file(house, RECENTLY)
    form = words(bo_bo.get(f"{case.desk_url}do/split/"))
    entry = re.search(r'<option value="(\d+)">[^<]*收到的破壁机', form)
    assert entry

    faulty = bo_bo.post(f"{case.desk_url}do/split/", {"entry_id": "", "text": "", "reason": "x"})
    given = {"entry_id": entry[1], "text": "商家拒绝退货。", "reason": "两件事"}
    sent = bo_bo.post(f"{case.desk_url}do/split/", given)
    new = Case.objects.exclude(id=case.id).get()

    assert faulty.status_code == 422
    assert sent.status_code == 302
    assert f'href="/desk/cases/{new.number}/"' in words(bo_bo.get(case.desk_url))
    assert f'href="/desk/cases/{case.number}/"' in words(bo_bo.get(new.desk_url))
