"""Category and issue belong together, and what the handbook calls urgent is so at once (2.1.2)."""

from __future__ import annotations

import pytest

from bihuan.cases import commands
from bihuan.cases.tests.people import FRIDAY, file, house
from bihuan.cases.tests.stories import on, said
from bihuan.core.refusals import Invalid

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("given", "fault"), [
    ({"category": "platform_rule", "issue": "privacy_leak"},
     {"issue": "issue_of_another_category"}),
    ({"category": "platform_rule"}, {"issue": "issue_of_another_category"}),
    ({"kind": "complaint", "complained_at": FRIDAY, "issue": "privacy_leak"},
     {"complained_at": "no_new_complaint"}),
])  # fmt: skip
def test_2_1_2_what_does_not_belong_together_is_refused_beside_its_field(given, fault):
    home = house()
    case = file(home, issue="product_quality")

    with pytest.raises(Invalid) as refused:
        commands.classify(**on(case, home.bo_bo), **given, reason="重新归类")

    assert refused.value.fields == fault


def test_x_30_what_turns_out_to_be_about_privacy_is_urgent_from_then_on():
    home = house()
    case = file(home)

    after = commands.classify(**on(case, home.bo_bo), issue="privacy_leak", reason="泄露电话")

    assert (case.priority, after.priority) == ("general", "urgent")
    [event] = said(case, "case.classified")
    assert (event.data["before"]["priority"], event.data["after"]["priority"]) == (
        "general", "urgent",
    )  # fmt: skip
