"""Rules of the owner over the handbook's routes: which takes a case, and which cannot be ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bihuan.cases import rules as handbook_rules
from bihuan.cases.routing import choice, shape
from bihuan.cases.routing.choice import Rules
from bihuan.cases.routing.faults import People, faults
from bihuan.cases.routing.shape import Rule
from bihuan.cases.rules import Facts
from bihuan.core.refusals import Invalid
from bihuan.policy.loader import load_current

BOOK = load_current()
UNITS = frozenset(BOOK.departments) - {"unrouted"}
PEOPLE = People(UNITS, {"after_sales": frozenset({"英语"})})
PLAIN = Facts(kind="complaint", channel="web", text="快递一直没有到，物流三天没有更新。")


def rule(name: str = "一", department: str = "after_sales", **more: Any) -> Rule:
    return shape.rule({"name": name, "department": department} | more)


def routed(*given: Rule, merchant: int = 0, **known: Any) -> choice.Routed:
    facts = replace(PLAIN, **known)
    verdict = handbook_rules.judge(facts, BOOK)
    return choice.route(verdict, facts, merchant=merchant, book=BOOK, rules=Rules(given, 1))


def codes(*given: Rule, people: People = PEOPLE) -> list[tuple[int, str, str, str]]:
    return [(f.place, f.field, f.code, f.other) for f in faults(given, BOOK, people)]


def why(found: choice.Routed, field: str) -> handbook_rules.Reason:
    return next(reason for reason in found.verdict.reasons if reason.field == field)


@pytest.mark.parametrize(
    ("condition", "known"),
    [
        ({"kinds": ["complaint"]}, {"kind": "enquiry"}),
        ({"channels": ["web"]}, {"channel": "phone"}),
        (
            {"categories": ["service_quality"]},
            {"text": "平台规则不公平", "category": "platform_rule"},
        ),
        ({"issues": ["delivery_delay"]}, {"issue": "invoice"}),
        ({"severity": "major"}, {}),
        ({"priorities": ["important"]}, {}),
        ({"words": ["没有到", "丢件"]}, {"text": "快递很慢，物流三天没有更新。"}),
        ({"fen_over": 99_900}, {"fen": 99_900}),
        ({"languages": ["zh"]}, {"text": "My parcel has not arrived: delivery late"}),
    ],
    ids=lambda given: "-".join(given),
)
def test_2_2_2_a_condition_lets_through_what_it_names_and_nothing_else(condition, known):
    one = rule(department="operations", **condition)
    met: dict[str, Any] = {"fen": 99_901, "issue": "delivery_delay"}
    if condition.keys() & {"severity", "priorities"}:
        met["fen"] = 2_000_000  # over 10,000 yuan: major

    assert routed(one, **met).verdict.department == "operations"
    assert routed(one, **(met | {"fen": 99_901} | known)).verdict.department != "operations"


def test_2_2_2_a_rule_for_a_shop_takes_that_shops_cases_only():
    one = rule(merchants=[7])

    assert routed(one, merchant=7).verdict.department == "after_sales"
    assert routed(one, merchant=8).verdict.department == "customer_service"
    assert routed(one).verdict.department == "customer_service"


def test_2_2_2_the_first_rule_that_means_a_case_takes_it_and_is_named():
    first = rule("网页", "operations", channels=["web"], fallback="technology", skill="英语")
    found = routed(first, rule("全部", "legal"))

    assert (found.verdict.department, found.fallback, found.skill) == (
        "operations", "technology", "英语",
    )  # fmt: skip
    assert (why(found, "department").because, why(found, "department").cues) == ("rule", ("网页",))


def test_2_2_2_without_a_rule_the_handbooks_department_and_fallback_stand():
    found = routed(rule(channels=["phone"]))

    assert (found.verdict.department, found.fallback) == ("customer_service", "after_sales")
    assert why(found, "department").because == "by_category"


def test_2_2_2_a_department_that_a_later_handbook_has_lost_takes_nothing():
    assert routed(rule(department="gone")).verdict.department == "customer_service"


def test_7_2_a_rule_makes_a_case_more_urgent_and_never_less():
    raised = routed(rule(priority="urgent"))
    kept = routed(rule(priority="general"), fen=2_000_000)

    assert (raised.verdict.priority, why(raised, "priority").because) == ("urgent", "rule")
    assert (kept.verdict.priority, why(kept, "priority").because) == ("important", "by_severity")


@pytest.mark.parametrize(
    "text", ["我的身份证号被泄露了", "孩子用我手机充值", "加热时起火了", "银行卡被盗刷"]
)
def test_x_30_what_the_handbook_overrides_no_rule_takes(text):
    found = routed(rule("全部", "customer_service"), text=text)

    assert (found.verdict.department, found.verdict.priority) == ("compliance", "urgent")
    assert why(found, "department").because == "override"


def test_2_2_2_what_nobody_understands_is_not_taken_by_a_rule_about_a_category():
    other = rule(categories=["other"])

    assert routed(other, text="嗯嗯").verdict.department == "unrouted"
    assert routed(rule(channels=["web"]), text="嗯嗯").verdict.department == "after_sales"


def test_a_case_recalled_from_its_reasons_is_asked_the_same_question():
    seen = []

    class Listening(Rules):
        def choose(self, asked: choice.Asked) -> Rule | None:
            seen.append(asked)
            return super().choose(asked)

    for text in ("快递一直没有到", "嗯嗯", "银行卡被盗刷", "食物变质，媒体曝光"):
        facts = replace(PLAIN, text=text)
        verdict = handbook_rules.judge(facts, BOOK)
        given = Listening([rule("全部", "legal", priority="urgent")])
        found = choice.route(verdict, facts, merchant=7, book=BOOK, rules=given)
        kept = [reason.kept() for reason in found.verdict.reasons]
        again = choice.recalled(kept, BOOK, kind="complaint", channel="web", merchant=7, text=text)
        assert again == seen[-1]


def test_rules_that_may_be_published_have_no_fault():
    given = [
        rule("英文", languages=["en"], skill="英语"),
        rule("高价", "customer_service", fen_over=500_000, fallback="after_sales"),
        rule("网页发票", "operations", issues=["invoice"], channels=["web"]),
        rule("发票", "operations", issues=["invoice"]),
        rule("其余", "customer_service"),
    ]

    assert codes(*given) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"channels": ["web"]}),
        ({"channels": ["web", "app"]}, {"channels": ["web"], "fen_over": 100}),
        ({"categories": ["service_quality"]}, {"issues": ["delivery_delay"]}),
        ({"severity": "major"}, {"severity": "extra_major"}),
        ({"severity": "major"}, {"priorities": ["urgent"]}),
        ({"words": ["发票"]}, {"words": ["电子发票", "补开发票"]}),
        ({"fen_over": 100}, {"fen_over": 200}),
        ({"merchants": [1, 2]}, {"merchants": [2]}),
    ],
)
def test_a_rule_behind_a_wider_one_is_shadowed_and_before_it_is_not(first, second):
    wide, narrow = rule("宽", **first), rule("窄", "operations", **second)

    assert codes(wide, narrow) == [(2, "", "shadowed", "宽")]
    assert codes(narrow, wide) == []


def test_rules_that_leave_nothing_together_shadow_the_next():
    halves = [
        rule("电子", channels=["web", "app", "chat", "email", "wechat"]),
        rule("人工", "operations", channels=["phone", "counter", "after_sales"]),
    ]

    assert codes(*halves, rule("其余", "legal")) == [(3, "", "shadowed", "电子、人工")]
    assert codes(halves[0], rule("其余", "legal")) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"severity": "major", "priorities": ["general"]}, ("priorities", "contradictory", "")),
        ({"languages": ["en"], "words": ["退款"]}, ("words", "contradictory", "")),
        (
            {"categories": ["platform_rule"], "issues": ["delivery_delay"]},
            ("issues", "issue_of_another_category", ""),
        ),
        ({"issues": ["privacy_leak"]}, ("issues", "override_first", "privacy")),
        ({"words": ["手机号泄露", "隐私权"]}, ("words", "override_first", "privacy")),
        ({"department": "nowhere"}, ("department", "unknown_department", "nowhere")),
        ({"department": "unrouted"}, ("department", "unknown_department", "unrouted")),
        ({"fallback": "after_sales"}, ("fallback", "same_department", "")),
        ({"channels": ["fax"]}, ("channels", "not_known", "fax")),
        ({"skill": "德语"}, ("skill", "skill_nobody_has", "德语")),
    ],
    ids=lambda given: given[1] if isinstance(given, tuple) else "",
)
def test_a_rule_that_can_never_be_right_is_named(given, expected):
    assert codes(rule(**given)) == [(1, *expected)]


def test_what_a_later_handbook_does_not_know_is_named_and_compared_with_nothing():
    odd = rule(severity="catastrophic")

    assert codes(odd, rule("二")) == [(1, "severity", "not_known", "catastrophic")]


def test_a_rule_that_an_override_takes_only_in_part_may_stand():
    assert codes(rule(issues=["privacy_leak", "invoice"])) == []
    assert codes(rule(words=["隐私", "发票"])) == []


def test_a_department_without_anybody_is_named_as_is_its_fallback():
    nobody = People(frozenset({"customer_service"}))
    one = rule("一", "operations", fallback="technology")

    assert codes(one, people=nobody) == [
        (1, "department", "department_empty", "operations"),
        (1, "fallback", "department_empty", "technology"),
    ]


def test_two_rules_of_one_name_are_named():
    assert codes(rule(channels=["web"]), rule(channels=["app"])) == [
        (2, "name", "duplicate_name", "一")
    ]


def test_2_2_2_a_category_without_a_department_is_a_gap():
    routes = {id: route for id, route in BOOK.routes.items() if id != "other"}
    book = replace(BOOK, routes=routes)

    assert [(f.place, f.code, f.other) for f in faults([], book, PEOPLE)] == [(0, "gap", "other")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("x", "rules"),
        (["x"], "rules.1"),
        ([{"name": "一", "department": "legal", "colour": 1}], "rules.1.colour"),
        ([{"department": "legal"}], "rules.1.name"),
        ([{"name": "一", "department": "legal", "fen_over": -1}], "rules.1.fen_over"),
        ([{"name": "一", "department": "legal", "merchants": ["x"]}], "rules.1.merchants"),
        ([{"name": "一", "department": "legal", "words": ["长" * 21]}], "rules.1.words"),
        ([{"name": "一", "department": "legal"}] * 61, "rules"),
    ],
)
def test_a_document_that_is_none_is_refused_by_its_place(given, field):
    with pytest.raises(Invalid) as refused:
        shape.read(given)

    assert field in refused.value.fields


def test_rules_kept_are_read_again_and_their_digest_is_of_content_and_order():
    first, second = rule("一", words=["发票"], fen_over=0), rule("二", merchants=[3])

    assert shape.read(shape.kept([first, second])) == (first, second)
    assert shape.sha256([first, second]) != shape.sha256([second, first])
