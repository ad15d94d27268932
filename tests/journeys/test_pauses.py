"""Clocks stand still only for what the policy lists, capped, logged, the plain due kept (2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bihuan.cases.tests.people import FRIDAY
from tests.journeys.walk import HOUR, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


def test_2_09_2_3_the_handbook_of_2025_lists_no_reason_so_nothing_pauses(walk: Walk):
    bo_bo, case = walk.home.bo_bo, walk.called()

    assert "do/pause/" not in walk.client(bo_bo).get(case.desk_url).content.decode()
    assert walk.client(bo_bo).get(f"{case.desk_url}do/pause/").status_code == 409
    asked = walk.api.post(f"/cases/{case.number}/pause", {
        "reason_id": "holiday", "until_at": "2026-02-14T10:00:00+08:00", "reason": "等用户",
    })  # fmt: skip
    assert asked.status_code == 422
    assert "手册没有列出这个暂停事由" in asked.json()["fields"]["reason_id"]


def test_2_09_2_3_a_listed_pause_moves_the_due_and_keeps_the_plain_one_in_sight(listed: Walk):
    walk, home = listed, listed.home
    case = walk.called()
    form = walk.see(home.bo_bo, f"{case.desk_url}do/pause/")
    assert "等待检测鉴定（最多 10 天）" in form
    walk.at = FRIDAY + 4 * HOUR

    walk.did(
        home.bo_bo, case, "pause", reason_id="appraisal", until_at="2026-02-14T10:00",
        reason="送检测机构鉴定",
    )  # fmt: skip

    rows = walk.api.get(f"/cases/{case.number}").json()["clocks"]
    first = next(c for c in rows for p in c["promises"] if p["promise"] == "C-1.4-1")
    assert first["due_at"] == "2026-02-15T06:00:00+08:00"  # fourteen hours later
    assert first["unheld_due_at"] == "2026-02-14T16:00:00+08:00"
    both = "暂停的时间不计；不暂停则为 2月14日 16:00"
    desk = walk.see(home.bo_bo, case.desk_url)
    assert both in desk
    assert "暂停计时（等待检测鉴定）到 02-14 10:00" in desk
    assert both in walk.see(home.ai_li, f"{case.url}timeline/") + walk.see(home.ai_li, case.url)
    walk.until(FRIDAY + 5 * HOUR)
    assert "时限变动" in walk.letters(home.ai_li)
    walk.until(FRIDAY + 19 * HOUR)  # it ends by itself, and says so
    said = walk.see(home.ai_li, f"{case.url}timeline/")
    assert "已暂停计时" in said
    assert "已恢复计时" in said
    kinds = [e["kind"] for e in walk.api.get(f"/cases/{case.number}/events").json()]
    assert [k for k in kinds if k.startswith(("case.paused", "case.resumed"))] == [
        "case.paused", "case.resumed",
    ]  # fmt: skip


def test_2_09_2_3_beyond_its_cap_there_is_no_pause_and_a_long_one_needs_another(listed: Walk):
    walk, home = listed, listed.home
    case = walk.called()
    ask = {"reason_id": "appraisal", "reason": "送检测机构鉴定"}

    beyond = walk.do(home.bo_bo, case, "pause", until_at="2026-03-13T10:00", **ask)
    unlisted = walk.do(home.bo_bo, case, "pause", until_at="2026-02-14T10:00",
                       **ask | {"reason_id": "user_is_away"})  # fmt: skip
    assert (beyond.status_code, unlisted.status_code) == (422, 422)
    assert "这个事由最多暂停 10 天" in plain(beyond)
    assert "可用的有：appraisal" in plain(unlisted)
    before = walk.api.get(f"/cases/{case.number}").json()["clocks"]
    walk.did(home.chen, case, "pause", until_at="2026-02-20T10:00", **ask)

    assert walk.api.get(f"/cases/{case.number}").json()["clocks"] == before
    assert walk.do(home.chen, case, "approve_pause").status_code == 403
    assert "do/approve_pause/" not in walk.client(home.chen).get(case.desk_url).content.decode()
    assert walk.do(home.bo_bo, case, "approve_pause").status_code == 403
    assert "待第二人同意" in walk.see(home.bo_bo, case.desk_url)
