"""Routing rules as versions: drafted, published by who answers for them, followed, brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from bihuan.accounts import commands as accounts
from bihuan.cases import commands, queries
from bihuan.cases.models import Case, RoutingVersion
from bihuan.cases.routing import shape
from bihuan.cases.routing.shape import Rule
from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.core.actors import SYSTEM
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, Stale
from bihuan.events.models import Event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def home() -> House:
    return house()


def rule(name: str = "邮件", department: str = "legal", **more: Any) -> Rule:
    return shape.rule({"name": name, "department": department, "channels": ["email"]} | more)


def publish(home: House, *rules: Rule, reason: str = "试行") -> RoutingVersion:
    who = {"by": home.chen, "at": FRIDAY}
    for one in rules:
        commands.save_rule(rule=one, **who)
    return commands.publish_routing(reason=reason, **who)


def filed(case: Case) -> dict[str, Any]:
    return Event.objects.get(stream=case.id, kind="case.filed").data


def test_2_02_a_published_rule_routes_the_next_case_and_its_event_names_the_version(home: House):
    before = file(home, external_id="0")
    version = publish(home, rule(priority="important"))

    after = file(home, external_id="1")

    assert (before.department, after.department) == ("customer_service", "legal")
    assert after.owner_id == home.other_agent.id
    assert (after.priority, after.rank) == ("important", 2)
    assert "routing" not in filed(before)
    assert filed(after)["routing"] == version.number == 1
    assert {"field": "department", "value": "legal", "because": "rule", "clause": "2.2.2",
            "cues": ["邮件"]} in after.reasons  # fmt: skip


def test_2_02_a_draft_changes_nothing(home: House):
    commands.save_rule(rule=rule(), by=home.chen, at=FRIDAY)

    assert file(home).department == "customer_service"


def test_2_02_publishing_says_so_with_the_digest_of_the_rules(home: House):
    version = publish(home, rule())

    said = Event.objects.get(kind="routing.published")
    assert (said.stream, said.actor_id, said.clause) == (version.id, home.chen.id, "2.2.2")
    assert said.data == {
        "version": 1, "sha256": shape.sha256([rule()]), "rules": 1, "before": 0, "restores": 0,
    }  # fmt: skip


def test_2_02_what_the_handbook_overrides_still_goes_to_compliance_at_once(home: House):
    publish(home, rule("全部", channels=[]))

    case = file(home, text="我的银行卡被盗刷了，不是我本人操作。")

    assert (case.department, case.priority) == ("compliance", "urgent")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"issues": ["safety_injury"]}, "issues", "override_first"),
        ({"words": ["盗刷"]}, "words", "override_first"),
        ({"department": "nowhere"}, "department", "unknown_department"),
    ],
)
def test_x_30_a_rule_that_would_weaken_an_override_is_refused_by_name(
    home: House, given: dict[str, Any], field: str, code: str
):
    with pytest.raises(Invalid) as refused:
        commands.save_rule(rule=rule(**given), by=home.chen, at=FRIDAY)

    assert (refused.value.fields, refused.value.clause) == ({field: code}, "2.2.2")
    assert queries.draft_of() is None


def test_a_draft_with_a_fault_is_not_published_and_each_rule_is_named(home: House):
    for one in (rule(), rule("邮件二", fen_over=5), rule("技术", "technology", channels=["web"])):
        commands.save_rule(rule=one, by=home.chen, at=FRIDAY)

    with pytest.raises(Invalid) as refused:
        commands.publish_routing(reason="试行", by=home.chen, at=FRIDAY)

    assert refused.value.fields == {
        "rules.2": "shadowed",
        "rules.3.department": "department_empty",
    }
    assert queries.in_force_now().version == 0


def test_publishing_nothing_new_or_without_a_reason_is_refused(home: House):
    publish(home, rule())

    for reason, fields in (
        ("再发一次", {"rules": "nothing_changed"}),
        ("", {"rules": "nothing_changed"}),
    ):
        with pytest.raises(Invalid) as refused:
            commands.publish_routing(reason=reason, by=home.chen, at=FRIDAY)
        assert refused.value.fields == fields
    commands.save_rule(rule=rule("网页", channels=["web"]), by=home.chen, at=FRIDAY)
    with pytest.raises(Invalid) as refused:
        commands.publish_routing(reason=" ", by=home.chen, at=FRIDAY)
    assert "reason" in refused.value.fields


def test_rules_are_put_over_moved_and_removed_by_their_place(home: House):
    who = {"by": home.chen, "at": FRIDAY}
    for name in ("一", "二", "三"):
        commands.save_rule(rule=rule(name), **who)

    commands.move_rule(place=3, to=1, **who)
    commands.save_rule(rule=rule("二改"), place=3, **who)
    draft = commands.remove_rule(place=2, **who)

    assert [one["name"] for one in draft.rules] == ["三", "二改"]
    for place in (0, 3):
        with pytest.raises(NotFound):
            commands.remove_rule(place=place, **who)
    with pytest.raises(Invalid):
        commands.save_rule(rule=rule("三"), place=2, **who)


def test_whoever_read_an_older_draft_is_told_so(home: House):
    who = {"by": home.chen, "at": FRIDAY}
    seen = commands.save_rule(rule=rule(), seen=0, **who).edits
    commands.save_rule(rule=rule("网页", channels=["web"]), seen=seen, **who)

    for act in (
        lambda: commands.save_rule(rule=rule("三"), seen=seen, **who),
        lambda: commands.remove_rule(place=1, seen=seen, **who),
        lambda: commands.publish_routing(reason="试行", seen=seen, **who),
    ):
        with pytest.raises(Stale):
            act()


def test_an_old_version_is_brought_back_as_a_new_one_and_the_handbook_too(home: House):
    publish(home, rule())
    publish(home, rule("网页", channels=["web"], department="legal"))
    who = {"by": home.chen, "at": FRIDAY}

    third = commands.restore_routing(number=1, reason="退回", **who)
    with_rule = file(home, external_id="1").department
    commands.restore_routing(number=0, reason="只按手册", **who)
    without = file(home, external_id="2").department

    assert (third.number, third.restores, third.rules) == (3, 1, shape.kept([rule()]))
    assert (with_rule, without) == ("legal", "customer_service")
    assert [row.number for row in queries.published()] == [4, 3, 2, 1]
    with pytest.raises(NotFound):
        commands.restore_routing(number=9, reason="没有", **who)


def test_only_supervisors_and_administrators_change_the_rules(home: House):
    for by in (home.bo_bo, home.ai_li):
        for act in (
            lambda by=by: commands.save_rule(rule=rule(), by=by, at=FRIDAY),
            lambda by=by: commands.publish_routing(reason="试行", by=by, at=FRIDAY),
            lambda by=by: commands.restore_routing(number=0, reason="试行", by=by, at=FRIDAY),
            lambda by=by: commands.drop_routing_draft(by=by, at=FRIDAY),
        ):
            with pytest.raises(NotPermitted):
                act()


def test_the_database_keeps_a_published_version_as_it_was(home: House):
    version = publish(home, rule())

    for act in (
        lambda: RoutingVersion.objects.filter(id=version.id).update(rules=[]),
        lambda: RoutingVersion.objects.filter(id=version.id).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_2_02_the_dry_run_counts_what_would_go_elsewhere_and_names_the_cases(home: House):
    mail = [file(home, FRIDAY + n * DAY, external_id=f"{n}") for n in range(3)]
    file(home, FRIDAY + DAY, channel="phone")
    file(home, FRIDAY + DAY, text="孩子误充值，请退款", external_id="child")
    file(home, FRIDAY - 40 * DAY, external_id="old")

    trial = queries.try_out([], [rule()], by=home.chen, at=FRIDAY + 3 * DAY)

    assert (trial.size, trial.moved) == (5, 3)
    assert {move: {case.id for case in cases} for move, cases in trial.moves.items()} == {
        ("customer_service", "legal"): {case.id for case in mail}
    }
    assert trial.before == {"customer_service": 4, "compliance": 1}
    assert trial.after == {"customer_service": 1, "legal": 3, "compliance": 1}
    assert (trial.used["邮件"], trial.used[""]) == (3, 2)


def test_2_02_the_dry_run_hears_the_first_words_of_a_case(home: House):
    case = file(home, text="商家不给开发票。", subject="求助", category="")
    commands.message(number=case.number, text="物流呢？", by=home.ai_li, at=FRIDAY)
    heard, later = rule(words=["发票"]), rule("物流", words=["物流"])

    assert queries.try_out([], [heard], by=home.chen, at=FRIDAY).moved == 1
    assert queries.try_out([], [later], by=home.chen, at=FRIDAY).moved == 0


def test_2_02_the_dry_run_reads_no_more_than_its_sample(home: House):
    for n in range(3):
        file(home, external_id=f"{n}")

    assert queries.try_out([], [rule()], by=home.chen, at=FRIDAY, most=2).size == 2


def test_rules_are_believed_for_a_while_and_read_again_when_told(home: House):
    assert queries.in_force().version == 0
    RoutingVersion.objects.create(
        id=1, number=1, rules=shape.kept([rule()]), sha256="0" * 64, changed_at=FRIDAY,
        changed_by=0, published_at=FRIDAY,
    )  # fmt: skip

    assert queries.in_force().version == 0  # published by another process: within 20 seconds
    queries.forget_routing()
    assert queries.in_force().version == 1


def test_2_02_nobody_on_duty_sends_a_case_to_the_fallback_and_says_so(home: House):
    accounts.set_on_duty(staff_id=home.other_agent.id, on_duty=False, by=SYSTEM, at=FRIDAY)
    publish(home, rule(fallback="customer_service"))
    queries.forget_loads()

    case = file(home)

    assert case.department == "customer_service"
    why = [r for r in case.reasons if r["field"] == "department"]
    assert [(r["value"], r["because"], r["cues"]) for r in why] == [
        ("legal", "rule", ["邮件"]),
        ("customer_service", "fallback", ["legal"]),
    ]  # fmt: skip
