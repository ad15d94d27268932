"""What a message is about, how grave, how urgent and whose, decided by cues with reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases import rules
from bihuan.cases.models import CATEGORIES, PRIORITIES, SEVERITIES
from bihuan.cases.rules import Cues, Facts
from bihuan.policy.loader import load_current

BOOK = load_current()
PLAIN = Facts(kind="complaint", channel="web", text="嗯嗯啊啊。")


def judged(text: str = "", **known: object) -> rules.Verdict:
    return rules.judge(replace(PLAIN, text=text or PLAIN.text, **known), BOOK)


def because(verdict: rules.Verdict, field: str) -> tuple[str, tuple[str, ...]]:
    [reason] = [r for r in verdict.reasons if r.field == field]
    return reason.because, reason.cues


def test_2_01_the_words_tell_the_issue_and_the_issue_its_category_and_department():
    verdict = judged("支付失败，一直扣款不成功。")

    assert verdict.issue == "payment_failure"
    assert verdict.category == BOOK.issues["payment_failure"].category
    assert verdict.department == BOOK.routes[verdict.category].department
    assert because(verdict, "issue")[0] == "cues"
    assert because(verdict, "category") == ("by_issue", ("payment_failure",))
    assert not verdict.unsure


def test_2_01_what_the_person_chose_stands_whatever_the_words_say():
    verdict = judged("支付失败", category="platform_rule", issue="invoice")

    assert (verdict.category, verdict.issue) == ("platform_rule", "invoice")
    assert because(verdict, "issue") == ("chosen", ())
    assert because(verdict, "category") == ("chosen", ())


def test_2_01_within_a_chosen_category_only_its_issues_are_looked_for():
    verdict = judged("支付失败", category="platform_rule")

    assert verdict.issue in {rules.UNSURE} | {
        i.id for i in BOOK.issues.values() if i.category == "platform_rule"
    }


def test_2_01_a_category_may_be_known_where_no_issue_is():
    issues = Cues({("issue", issue.id): issue.cues for issue in BOOK.issues.values()})
    cue = next(c for c in BOOK.categories["platform_rule"].cues if not issues.heard(c))

    verdict = judged(cue)

    assert (verdict.issue, verdict.category) == (rules.UNSURE, "platform_rule")
    assert because(verdict, "category") == ("cues", (cue,))
    assert not verdict.unsure


def test_2_02_what_fits_nowhere_goes_to_the_watched_queue():
    verdict = judged()

    assert (verdict.department, verdict.unsure) == (rules.UNROUTED, True)
    assert BOOK.departments[rules.UNROUTED].watched
    assert because(verdict, "department") == ("nothing_fits", ())


@pytest.mark.parametrize(
    ("known", "severity", "tier", "priority", "why"),
    [
        ({}, "general", 1, "general", "nothing_graver"),
        ({"people": 11}, "major", 2, "important", "people"),
        ({"people": 101}, "extra_major", 3, "urgent", "people"),
        ({"fen": 1_000_001}, "major", 2, "important", "amount"),
        ({"fen": 1_000_000}, "general", 1, "general", "nothing_graver"),
        ({"fen": 10_000_001}, "extra_major", 3, "urgent", "amount"),
    ],
)
def test_x_14_people_and_money_raise_severity_and_with_it_tier_and_priority(
    known, severity, tier, priority, why
):
    verdict = judged(category="service_quality", **known)

    assert (verdict.severity, verdict.tier, verdict.priority) == (severity, tier, priority)
    assert because(verdict, "severity")[0] == why
    assert because(verdict, "tier") == ("by_severity", (severity,))


def test_x_14_words_of_harm_are_heard_and_kept_as_the_reason():
    verdict = judged("消费者被砸伤住院。")

    assert verdict.severity == "extra_major"
    assert because(verdict, "severity")[0] == "cues"
    assert because(verdict, "severity")[1]


def test_4_2_words_lift_the_tier_above_what_the_severity_demands():
    cue = BOOK.tiers[3].cues[0]

    verdict = judged(cue, category="system_tech")

    assert (verdict.severity, verdict.tier) == ("general", 3)
    assert because(verdict, "tier")[0] == "cues"


def test_x_30_a_leak_of_data_goes_to_compliance_first_whatever_its_category():
    verdict = judged("我的个人信息泄露了", category="other")

    assert (verdict.department, verdict.priority) == ("compliance", "urgent")
    assert because(verdict, "priority")[0] == "override"
    assert because(verdict, "department")[0] == "override"


def test_x_30_an_issue_alone_is_enough_for_the_override():
    verdict = judged(issue="privacy_leak")

    assert (verdict.department, verdict.priority) == ("compliance", "urgent")


@pytest.mark.parametrize(
    ("kind", "category", "priority", "rank"),
    [
        ("complaint", "service_quality", "urgent", 0),
        ("enquiry", "service_quality", "urgent", 1),
        ("complaint", "other", "urgent", 1),
        ("complaint", "service_quality", "important", 2),
        ("complaint", "platform_rule", "general", 5),
    ],
)
def test_2_1_2_service_quality_complaints_stand_first_within_their_priority(
    kind, category, priority, rank
):
    assert rules.rank(kind=kind, category=category, priority=priority) == rank


def test_cues_are_heard_in_any_letter_case():
    cues = Cues({("tier", 1): ("APP", "闪退"), ("tier", 2): ("黑屏",), ("tier", 3): ()})

    assert cues.heard("app 打开就闪退") == {("tier", 1): ("APP", "闪退")}
    assert cues.heard("ａｐｐ") == {}


FEW = st.text("aAbß闪退", min_size=1, max_size=3)


@given(
    st.lists(st.lists(FEW, max_size=4, unique_by=str.casefold), max_size=5), st.text("aAbßs闪退")
)
def test_a_list_is_heard_by_each_of_its_cues_that_stand_in_the_text(lists, text):
    named = {("issue", n): tuple(cues) for n, cues in enumerate(lists)}

    assert Cues(named).heard(text) == {
        place: stand
        for place, cues in named.items()
        if (stand := tuple(c for c in cues if c.casefold() in text.casefold()))
    }


@given(st.text(max_size=200), st.integers(0, 10**9), st.integers(1, 500))
def test_whatever_is_said_gets_values_that_exist_each_with_a_reason(text, fen, people):
    verdict = rules.judge(replace(PLAIN, text=text, fen=fen, people=people), BOOK)

    assert verdict.category in CATEGORIES
    assert verdict.issue in BOOK.issues
    assert verdict.severity in SEVERITIES
    assert verdict.priority in PRIORITIES
    assert verdict.department in BOOK.departments
    assert verdict.tier >= BOOK.severities[verdict.severity].tier_at_least
    assert [r.field for r in verdict.reasons] == [
        "issue", "category", "severity", "tier", "priority", "department",
    ]  # fmt: skip
    assert all(r.because and r.clause in BOOK.clauses for r in verdict.reasons)
