"""What chapters 1 and 2 refuse, each by its name, over the doors through which it comes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bihuan.cli import policy as check
from bihuan.desk.tests.test_calendar import filled as official
from bihuan.policy.loader import CURRENT, files
from tests.journeys.program import refused
from tests.journeys.walk import HOUR, faults, plain

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            [{"issues": ["delivery_delay"], "categories": ["system_tech"]}],
            "所选问题不属于所选类别",
        ),
        ([{"channels": ["phone"]}, {"channels": ["phone"], "severity": "major"}], "永远轮不到"),
    ],
    ids=["contradicts_itself", "shadowed"],
)
def test_2_02_2_2_2_a_routing_rule_that_can_never_match_is_not_published(
    walk: Walk, rules: list[dict[str, Any]], said: str
):
    chen = walk.home.chen
    for n, rule in enumerate(rules):
        given = {"seen": n, "name": f"规则{n}", "department": "legal", **rule}
        saved = walk.send(chen, "/desk/routing/rules/new/", given)
        if saved.status_code == 422:
            assert said in plain(saved)
            return
        assert saved.status_code == 302, faults(saved)

    published = walk.send(chen, "/desk/routing/try/", {"seen": len(rules), "reason": "试一试"})

    assert published.status_code == 422
    assert said in plain(published)


def test_2_12_2_3_2_a_ladder_with_a_gap_is_no_handbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name, text in files(CURRENT).items():
        if name == "oversight.toml":
            text = text.replace("id     = 2", "id     = 4")
        (tmp_path / name).write_text(text, "utf-8")

    code = check.run(["check", str(tmp_path)])

    assert code == 2
    said = capsys.readouterr().err
    assert "oversight.toml" in said
    assert "no rung 2" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last-7": "2026-10-08", "workdays": "247"}, "减去13天法定节假日应为 248 个"),
        ({"work-4": "2026-05-08"}, "2026-05-08 是周一至周五，不能作为调休上班日"),
    ],
    ids=["not_weekdays_less_thirteen", "make_up_on_a_weekday"],
)
def test_2_08_2_3_1_a_year_that_cannot_be_true_is_not_taken(
    walk: Walk, changes: dict[str, str], said: str
):
    answer = walk.send(walk.home.chen, "/desk/calendar/", official(**changes))

    assert answer.status_code == 422
    assert said in plain(answer), faults(answer)
    assert 'value="2026-02-23"' in answer.content.decode()  # what was written stays


def test_2_10_2_2_3_a_share_of_a_closed_case_is_refused(walk: Walk):
    case = walk.called()
    walk.at += HOUR
    walk.handled(case)
    walk.told(case)
    walk.asked(case, "confirm")
    share = {"what": "再核对一次", "department": "legal", "due_at": "2026-02-14T12:00"}

    answer = walk.send(walk.home.bo_bo, f"{case.desk_url}tasks/new/", share)

    assert answer.status_code == 409
    assert "案件的状态已不允许这样操作" in plain(answer)
    assert "第 2.2.3 条" in plain(answer)


def test_2_20_2_2_3_a_case_is_merged_neither_into_itself_nor_in_a_circle(walk: Walk):
    first, second, third = (walk.called(text=f"{n}：底座开裂，要求退款。") for n in "甲乙丙")

    itself = walk.api.post(f"/cases/{first.number}/merge", {"into": first.number.lower()})
    problem = refused(itself, "into")
    assert problem["codes"]["into"] == "itself"
    walk.did(walk.home.chen, first, "merge", into=second.number)
    walk.did(walk.home.chen, second, "merge", into=third.number)

    for target in (first, second):  # a circle of two, and of three
        circle = walk.do(walk.home.chen, third, "merge", into=target.number)
        assert circle.status_code == 422
        assert "已" in plain(circle, "main")
        by_program = walk.api.post(f"/cases/{third.number}/merge", {"into": target.number})
        assert refused(by_program, "into")["codes"]["into"] == "not_open"
    third.refresh_from_db()
    assert third.state == "filed"


def test_2_20_2_2_3_a_merge_undone_after_replies_leaves_them_where_they_were_said(walk: Walk):
    home = walk.home
    case, target = walk.called(), walk.called(text="同一台破壁机，底座开裂。")
    walk.did(home.chen, case, "merge", into=target.number)
    walk.at += HOUR
    walk.did(home.chen, target, "answer", text="两件一并处理，已联系商家核实。")
    bare = walk.do(home.chen, case, "unmerge", reason="")
    assert bare.status_code == 422
    agent = walk.do(home.bo_bo, case, "unmerge", reason="不是同一件")
    assert agent.status_code == 403

    walk.did(home.chen, case, "unmerge", reason="不是同一台机器")

    assert case.state == "filed"
    assert "已联系商家核实" in walk.see(home.ai_li, f"{target.url}timeline/")
    assert "已联系商家核实" not in walk.see(home.ai_li, f"{case.url}timeline/")
    rows = walk.api.get(f"/cases/{case.number}").json()["clocks"]
    first = next(c for c in rows for p in c["promises"] if p["promise"] == "C-1.4-1")
    assert (first["state"], first["due_at"]) == ("running", "2026-02-14T16:00:00+08:00")
    again = walk.do(home.chen, case, "unmerge", reason="再来一次")
    assert again.status_code == 409
