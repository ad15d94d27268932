"""The handbook of 2025 as data: all of it is there, and says what the printed text says."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from bihuan.core.clocks import MILESTONES
from bihuan.core.handbook import Applies, Limit
from bihuan.events.catalog import CATALOG, KIND_OF
from bihuan.policy import docs
from bihuan.policy.loader import CURRENT, checksum, files, load, load_current

BOOK = load_current()
ASKS = ("complaint", "enquiry", "order_problem", "account_problem")
FEEDBACK = ("suggestion", "praise")

STARTS = {
    "asked": "request.submitted",
    "complained": "complaint.received",
    "fed_back": "feedback.received",
    "handled": "case.handling_done",
    "applied": "termination.applied",
    "ended": "account.terminated",
}
CONDITIONS: dict[str, dict[str, set[Any]]] = {
    "-": {},
    **{severity: {"severity": {severity}} for severity in ("general", "major", "extra_major")},
    **{f"tier={n}": {"tier": {n}} for n in (1, 2, 3)},
    "after_sales": {"channel": {"after_sales"}},
}

# id, force, kinds, condition, from, until, limit; * is a default that the text does not give
CLOCKS = """
C-1.2-1   must   asks        -           asked      case.first_response               24 hours
C-1.2-2   must   asks        -           asked      case.handling_done                72 hours
C-1.3-1   must   asks        -           asked      case.first_response               24 hours
C-1.3-2   must   asks        -           asked      case.handling_done                72 hours
C-1.4-1   commit asks        -           asked      case.first_response               24 hours
C-1.4-2   commit asks        -           asked      case.handling_done                72 hours
C-1.4-3   commit asks        -           handled    case.result_notice_sent           24 hours
C-1.4-4   commit complaint   -           complained complaint.accepted                48 hours
C-1.4-5   commit complaint   -           complained complaint.final_feedback_sent     72 hours
C-2.2.1-1 must   complaint   -           complained complaint.registered              0 minutes
C-2.2.3-1 must   complaint   -           complained complaint.preliminary_done        3 workdays
C-2.2.3-2 must   complaint   -           complained complaint.preliminary_result_sent 3 workdays
C-2.3.1-1 must   complaint   general     complained complaint.preliminary_done        3 workdays
C-2.3.1-2 must   complaint   general     complained complaint.final_feedback_sent     5 workdays
C-2.3.1-3 must   complaint   major       complained complaint.preliminary_done        5 workdays
C-2.3.1-4 must   complaint   major       complained complaint.final_feedback_sent     7 workdays
C-2.3.1-5 must   complaint   extra_major complained complaint.preliminary_done        7 workdays
C-2.3.1-6 must   complaint   extra_major complained complaint.final_feedback_sent     10 workdays
C-3.2-1   must   complaint   -           complained complaint.initial_review_done     2 workdays
C-3.4-1   must   termination -           applied    termination.result_sent           15 workdays
C-3.4-2   must   termination -           ended      termination.notice_sent           24 hours*
C-4.2-1   rule   asks        tier=1      asked      case.initial_solution_sent        24 hours
C-4.2-2   rule   asks        tier=2      asked      complaint.preliminary_result_sent 48 hours
C-4.2-3   rule   asks        tier=3      asked      incident.repaired                 72 hours
C-6.3-1   must   complaint   after_sales complained aftersales.problem_confirmed      15 minutes
C-7.1-1   plan   complaint   -           complained case.first_response               24 hours
C-7.1-2   plan   complaint   -           complained case.handling_done                48 hours
C-7.2-1   commit feedback    -           fed_back   feedback.plan_set                 24 hours*
"""  # fmt: skip
ROWS = [row.split() for row in CLOCKS.strip().splitlines()]

#: The traditional characters of the printed text.
TRADITIONAL = set(
    "個備傳傾僅價億償優儲內冊別刪則劃動務勢區協參員問啟單嚴國圍圖團執報場夠學實審將專對導層屬幫幾"
    "廣強徑從復惡態憂應戶換撥擇擔據敗數斷時曉會條業構標機檔權歸決況減準溝滿濫為無營爭狀獲現環產畢"
    "異當發監確礎種稱穩節簽糾約級紛細終組結絕絡給統經維網緊線縮總織繞繼續習聯臨臺與舉華萬蓋薦處虛"
    "號術補見規觀訂計訓記訟訪設訴詐評詢話詳認語誤說調談請論諾證識議護變負貨責買費資賠質賬購趨踐蹤"
    "較載輸轄辦辯這進運過達違適遲選還郵釋針錄錯鍵鐘長門閉開間闆關陳隊際隨險隱雙雜電響頁項預領頻題"
    "額類顯風饋驅驗驟體點"
)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_clock_of_the_text_is_a_promise_with_its_own_number(row: list[str]) -> None:
    id, force, kinds, condition, start, until, amount, unit = row
    limit: dict[str, Any] = {"amount": int(amount), "unit": unit.rstrip("*")}
    named = {"asks": ASKS, "feedback": FEEDBACK}.get(kinds, (kinds,))
    narrowed = {name: frozenset(values) for name, values in CONDITIONS[condition].items()}

    promise = BOOK.promise(id)

    assert promise.clause == id.split("-")[1]
    assert promise.force == force
    assert promise.applies == Applies(kind=frozenset(named), **narrowed)
    assert (promise.start, promise.until) == (STARTS[start], until)
    assert promise.limit == Limit(**limit)
    assert promise.default_not_handbook == unit.endswith("*")


def test_there_is_no_promise_beyond_those_of_the_text() -> None:
    assert [promise.id for promise in BOOK.promises] == [row[0] for row in ROWS]


def test_a_promise_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        BOOK.promise("C-9.9-9")


def test_only_the_improvement_plan_is_soft() -> None:
    assert [promise.id for promise in BOOK.promises if not promise.hard] == ["C-7.1-1", "C-7.1-2"]


def test_immediate_registration_is_proved_by_the_registration_itself() -> None:
    proved = [promise.id for promise in BOOK.promises if promise.proved_by]

    assert proved == ["C-2.2.1-1"]


def test_a_general_complaint_by_mail_has_the_promises_of_the_worked_example() -> None:
    found = BOOK.promises_for(
        kind="complaint", channel="email", category="service_quality", severity="general", tier=1
    )

    clocks = {p.id for p in found if not p.proved_by and p.start != "case.handling_done"}
    assert clocks == {
        *("C-1.2-1", "C-1.3-1", "C-1.4-1", "C-7.1-1", "C-4.2-1", "C-1.4-4", "C-3.2-1"),
        *("C-2.2.3-1", "C-2.3.1-1", "C-2.2.3-2", "C-7.1-2", "C-1.2-2", "C-1.3-2", "C-1.4-2"),
        *("C-1.4-5", "C-2.3.1-2"),
    }


def test_the_quarter_of_an_hour_is_only_for_the_after_sales_entry() -> None:
    def ids(channel: str, kind: str = "complaint") -> set[str]:
        found = BOOK.promises_for(
            kind=kind, channel=channel, category="other", severity="major", tier=2
        )
        return {promise.id for promise in found}

    assert "C-6.3-1" in ids("after_sales")
    assert "C-6.3-1" not in ids("web")
    assert "C-6.3-1" not in ids("after_sales", kind="enquiry")


@pytest.mark.parametrize("kind", FEEDBACK)
def test_suggestions_and_praise_are_the_feedback_of_7_2_and_nothing_else(kind: str) -> None:
    found = BOOK.promises_for(
        kind=kind, channel="web", category="other", severity="general", tier=1
    )

    assert [promise.id for promise in found] == ["C-7.2-1"]


def test_applies_can_be_narrowed_by_category() -> None:
    only = Applies(category=frozenset({"other"}))
    case: dict[str, Any] = {"kind": "complaint", "channel": "web", "severity": "general", "tier": 1}

    assert only.to(category="other", **case)
    assert not only.to(category="system_tech", **case)


def test_only_what_can_be_filed_as_a_case_is_a_kind() -> None:
    assert tuple(BOOK.kinds) == (*ASKS, *FEEDBACK)


def test_every_statement_has_a_home() -> None:
    homes = Counter(statement.home for statement in BOOK.statements.values())

    assert len(BOOK.statements) == 253
    assert set(homes) == {"done", "information", "awaiting"}
    for statement in BOOK.statements.values():
        assert statement.by if statement.home == "done" else statement.why, statement.id


def test_a_sentence_with_a_time_limit_is_kept_by_its_promise_or_awaits_its_room() -> None:
    for statement in BOOK.statements.values():
        if statement.kind == "sla" and statement.promises and statement.home == "done":
            assert statement.by.startswith("promise:"), statement.id
            assert statement.by.removeprefix("promise:") in statement.promises, statement.id


def test_every_promise_is_said_by_a_statement() -> None:
    said = {promise for s in BOOK.statements.values() for promise in s.promises}

    assert said == {promise.id for promise in BOOK.promises}


def test_what_is_shown_is_in_simplified_characters() -> None:
    shown = [clause.text + clause.title for clause in BOOK.clauses.values()]
    shown += [promise.says for promise in BOOK.promises]
    shown += [statement.says for statement in BOOK.statements.values()]
    shown += [target.says for target in BOOK.targets.values()]
    shown += [duty.says for duty in BOOK.duties.values()]

    assert not TRADITIONAL & set("".join(shown))
    assert TRADITIONAL & set("".join(statement.source for statement in BOOK.statements.values()))


def test_everything_that_is_shown_has_english_words() -> None:
    places = (
        *(BOOK.kinds, BOOK.channels, BOOK.categories, BOOK.issues, BOOK.issue_groups, BOOK.facts),
        *(BOOK.severities, BOOK.tiers, BOOK.priorities, BOOK.states, BOOK.departments),
        *(BOOK.agencies, BOOK.surveys, BOOK.rights, BOOK.overrides, BOOK.milestones, BOOK.defaults),
    )
    named = [entry for place in places for entry in place.values()]

    english = [entry.en for entry in named] + [c.title_en for c in BOOK.clauses.values()]
    english += [promise.en for promise in BOOK.promises]
    english += [target.en for target in BOOK.targets.values()]
    english += [duty.en for duty in BOOK.duties.values()]
    english += [n.body_en + n.title_en for n in BOOK.notices.values()]

    assert all(re.search(r"[A-Za-z]", text) for text in english)
    assert not [text for text in english if re.search(r"[\u4e00-\u9fff]", text)]


def test_the_repaired_spans_are_marked_in_seven_clauses() -> None:
    damaged = {clause.id for clause in BOOK.clauses.values() if clause.damaged}

    assert damaged == {"1.3", "3.3", "5.1", "5.2", "6.2", "6.3", "6.4"}


def test_the_rulings_and_legal_notes_are_complete() -> None:
    assert len(BOOK.rulings) == 53
    assert list(BOOK.legal_notes) == [f"L-{n:02}" for n in range(1, 29)]


def test_no_agency_is_shown_before_somebody_has_filled_it_in() -> None:
    assert not [agency.id for agency in BOOK.agencies.values() if agency.configured]
    assert not BOOK.agencies["platform_arbitration"].allowed


def test_what_the_handbook_does_not_say_is_flagged() -> None:
    assert all(default.default_not_handbook for default in BOOK.defaults.values())
    assert all(duty.default_not_handbook for duty in BOOK.duties.values())
    assert all(severity.default_not_handbook for severity in BOOK.severities.values())
    assert BOOK.defaults["silence"].amount == 7
    assert BOOK.defaults["archive"].amount == 1


def test_each_end_of_a_case_is_told() -> None:
    for event in ("case.filed", "case.declined", "case.result_notified", "case.closed_by_silence"):
        assert [n.id for n in BOOK.notices_on(event) if n.audience == "customer"], event


def test_notices_answer_to_events_that_there_are() -> None:
    assert {event for n in BOOK.notices.values() for event in n.on} <= CATALOG.keys()


def test_a_sentence_done_by_a_step_names_a_step_that_there_is() -> None:
    homes = [statement.by.partition(":") for statement in BOOK.statements.values()]

    assert {name for word, _, name in homes if word == "action"} <= KIND_OF.keys()


def test_the_milestones_stand_in_the_order_in_which_clocks_press() -> None:
    ordered = sorted((m for m in BOOK.milestones.values() if m.step), key=lambda m: m.step)

    assert [m.id for m in ordered] == [*MILESTONES, "feedback.plan_set"]


def test_titles_of_notices_name_no_person() -> None:
    for notice in BOOK.notices.values():
        plain = {"number"} & set(notice.variables)  # what is about a person names no case
        if notice.id.startswith("counter_"):
            plain = {"when", "point"}  # when and where to come, and nothing of what about
        known = {"month", "rate"} if notice.id == "monthly_report" else plain
        assert set(re.findall(r"{(\w+)}", notice.title + notice.title_en)) == known


def test_the_checksum_covers_names_and_texts() -> None:
    texts = files(CURRENT)

    assert BOOK.sha256 == checksum(texts)
    assert checksum(texts | {"tiers.toml": texts["tiers.toml"] + "\n"}) != BOOK.sha256
    assert checksum({"a": "b", "c": ""}) != checksum({"a": "", "c": "b"})


def test_the_calendar_stands_outside_the_version() -> None:
    assert "calendar.toml" not in files(CURRENT)


def test_reading_the_folder_again_gives_the_same_handbook() -> None:
    assert load(CURRENT) == BOOK


def test_the_printed_page_is_what_the_data_says() -> None:
    assert docs.PAGE.read_text("utf-8") == docs.page(BOOK)


def test_the_glossary_has_every_word_of_the_ladders_as_the_data_has_it() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:4]]
        for line in (docs.PAGE.parent / "glossary.md").read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    words = {(row[0].split(" (")[0], row[1], row[2].lower()) for row in rows}

    for place in (BOOK.states, BOOK.kinds, BOOK.categories, BOOK.severities, BOOK.priorities):
        for id, term in place.items():
            assert (id, term.zh, term.en.lower()) in words
