"""The story of a case: a customer reads every public event and no internal word."""

from __future__ import annotations

import pytest
from django.utils import translation

from bihuan.cases import commands, queries
from bihuan.cases.models import Case
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cases.tests.stories import HOUR, decided, handled, notified, on, said
from bihuan.events.catalog import CATALOG

pytestmark = pytest.mark.django_db
REASON = "内部理由，不外传"


def sorted_out(home: House, case: Case) -> None:
    """Classified, raised, approved and lowered, then handled and told."""
    who = on(case, home.bo_bo)
    commands.classify(**who, issue="promotion_rules", reason=REASON)
    commands.set_severity(**who, severity="major", reason=REASON)
    commands.approve_severity(**on(case, home.chen))
    commands.set_severity(**on(case, home.bo_bo), severity="general", reason=REASON)
    handled(home, case)
    decided(home, case)
    notified(home, case)


def test_2_4_3_every_public_event_stands_in_the_record_of_the_customer():
    home = house()
    case = file(home)
    sorted_out(home, case)

    kinds = [item.kind for item in queries.timeline(case, home.ai_li)]

    assert kinds == [event.kind for event in said(case) if CATALOG[event.kind].public]
    assert {"case.resolved", "case.reviewed", "case.classified", "case.severity_set"} <= {*kinds}
    assert "case.found" not in kinds
    assert "case.severity_proposed" not in kinds


def test_internal_words_and_their_author_are_read_by_staff_and_nobody_else():
    home = house()
    case = file(home)
    sorted_out(home, case)

    mine = {item.kind: item for item in queries.timeline(case, home.ai_li)}
    theirs = {item.kind: item for item in queries.timeline(case, home.bo_bo)}

    for kind in ("case.resolved", "case.reviewed", "case.classified", "case.severity_set"):
        assert (mine[kind].text, mine[kind].author, mine[kind].entry) == ("", "", 0)
        assert theirs[kind].text
        assert theirs[kind].author == "波波"
    told = repr(list(mine.values()))
    assert not any(inner in told for inner in (REASON, "材料齐全", "出厂检验", "第24条"))


def test_the_labels_between_the_parts_of_words_are_read_in_the_readers_language():
    home = house()
    case = file(home)
    sorted_out(home, case)
    refused = file(home)
    commands.decline(**on(refused, home.bo_bo), reason="Not ours.", basis="1.3")

    with translation.override("en"):
        english = {item.kind: item.text for item in queries.timeline(case, home.ai_li)}
        declined = queries.timeline(refused, home.ai_li)[-1].text
    chinese = {item.kind: item.text for item in queries.timeline(case, home.ai_li)}

    kind = "case.result_notified"
    assert english[kind].startswith("Progress: 核对照片与订单，联系商家并完成认定。\nResult: 全额")
    assert chinese[kind].startswith(
        "处理过程：核对照片与订单，联系商家并完成认定。\n处理结果：全额"
    )
    assert declined == "Not ours.\nBasis: 1.3"


def test_words_that_only_look_like_parts_stay_as_they_were_written():
    home = house()
    case = file(home)
    commands.answer(**on(case, home.bo_bo, FRIDAY + HOUR), text="处理过程：见附件\n处理结果：合同")

    with translation.override("en"):
        text = queries.timeline(case, home.ai_li)[-1].text

    assert text == "处理过程：见附件\n处理结果：合同"
