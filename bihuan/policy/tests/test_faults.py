"""A policy file with a fault does not start: the refusal names file, line and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bihuan.policy import rules
from bihuan.policy.faults import PolicyFault, line_of
from bihuan.policy.loader import CURRENT, files, load, read

TEXTS = files(CURRENT)
PRINCIPLE = "原则，由各项具体规则体现，本身不可单独执行"

# file | old | new (the fault is on its first line, unless `at` says where) | why | at
CASES = {
    "no TOML": ("tiers.toml", "id     = 1", "id     = ", "Invalid", ""),
    "an unknown key": ("promises.toml", 'force   = "must"', 'forced  = "must"', "'forced'", ""),
    "a missing key": ("tiers.toml", "id     = 1\n", "", "'id' is missing", "[[tier]]"),
    "text for a number": ("tiers.toml", "id     = 1", 'id     = "1"', "not a whole number", ""),
    "yes for a number": ("tiers.toml", "id     = 1", "id     = true", "not a whole number", ""),
    "text for a list": ("tiers.toml", "cues   = [", 'cues   = "a" # [', "not a list", ""),
    "a word outside the set": ("promises.toml", '= "must"', '= "should"', "'should' is none", ""),
    "a limit without a unit": ("promises.toml", "{ hours = 24 }", "{ days = 24 }", "minutes", ""),
    "a limit below zero": ("promises.toml", "{ hours = 24 }", "{ hours = -1 }", "minutes", ""),
    "a limit of yes": ("promises.toml", "{ hours = 24 }", "{ hours = true }", "minutes", ""),
    "no time and no proof": (
        *("promises.toml", 'proved_by = "registration"', "#", "nothing proves it"),
        "limit   = { minutes = 0 }",
    ),
    "an unknown clause": ("promises.toml", 'clause  = "1.2"', 'clause  = "9.9"', "'9.9'", ""),
    "an unknown start": ("promises.toml", '"request.submitted"', '"request.x"', "'request.x'", ""),
    "an unknown end": (
        *("promises.toml", '"case.first_response"', '"case.x"', "no milestone 'case.x'", ""),
    ),
    "an unknown severity": ("promises.toml", '"extra_major"', '"huge"', "no severity 'huge'", ""),
    "an unknown kind": ("promises.toml", '"termination"', '"farewell"', "no kind 'farewell'", ""),
    "an unknown tier": ("promises.toml", "tier = 3", "tier = 4", "no tier 4", ""),
    "a nested fault": ("promises.toml", ", tier = 3", ", tear = 3", "'tear'", ""),
    "a quote the clause does not say": (
        *("promises.toml", '"处理时间不超过72小时"', '"处理时间不超过99小时"', "does not say", ""),
    ),
    "an unknown department": (
        *("routes.toml", 'department = "legal"', 'department = "law"', "department 'law'", ""),
    ),
    "a category nobody takes": (
        *("routes.toml", 'category   = "other"', 'category   = "rest"', "no route for 'other'"),
        'id     = "other"',
    ),
    "a route for no category": (
        *("routes.toml", "[[override]]", None, "no category 'rest'", 'category   = "rest"'),
    ),
    "an unknown issue in an override": (
        *("routes.toml", '["privacy_leak"]', '["leak"]', "no issues 'leak'", ""),
    ),
    "an issue without a category": (
        *("issues.toml", 'category = "system_tech"', 'category = "tech"', "no category 'tech'", ""),
    ),
    "an issue in no group": ("issues.toml", 'group    = "payment"', 'group = "pay"', "'pay'", ""),
    "an id twice": ("issues.toml", 'id       = "invoice"', 'id = "membership"', "twice", ""),
    "a cue without letters": ("tiers.toml", "cues   = [", 'cues = [" ", ', "without letters", ""),
    "an unknown fact": ("severities.toml", '"media"', '"press"', "no fact 'press'", ""),
    "a severity for no tier": ("severities.toml", "tier_at_least = 3", "tier_at_least = 9", "", ""),
    "two severities on one rung": (
        *("severities.toml", "rank          = 1", "rank          = 2", "share a rank"),
        "rank          = 3",
    ),
    "a ruling without a clause": (
        *("rulings.toml", 'clauses  = ["1.4", "4.2"]', "clauses  = []", "names no clause", ""),
    ),
    "a ruling on an unknown clause": (
        *("rulings.toml", 'clauses  = ["1.4", "4.2"]', 'clauses  = ["0"]', "no clause '0'", ""),
    ),
    "a ruling on an unknown note": ("rulings.toml", '["L-25"]', '["L-99"]', "'L-99'", ""),
    "a default of no ruling": ("defaults.toml", '"X-28"', '"X-99"', "'X-99'", ""),
    "an agency of no note": ("agencies.toml", '"L-10"', '"L-99"', "'L-99'", ""),
    "a sentence done by nothing": (
        *("statements.toml", 'by       = "data:legal_notes"', "#", "not say by what"),
        'home     = "done"',
    ),
    "a sentence done by what is not": (
        *("statements.toml", '"data:rights"', '"data:wrongs"', "no 'data:wrongs'", ""),
    ),
    "a sentence kept by no promise": (
        *("statements.toml", '"promise:C-1.2-1"', '"promise:C-0"', "no 'promise:C-0'", ""),
    ),
    "a sentence told by no notice": (
        *("statements.toml", '"notice:result"', '"notice:outcome"', "no 'notice:outcome'", ""),
    ),
    "a sentence measured by no target": (
        *("statements.toml", '"target:E-5.2"', '"target:E-9"', "no 'target:E-9'", ""),
    ),
    "a sentence at home nowhere": (
        *("statements.toml", '"action:file"', '"magic:file"', "no 'magic:file'", ""),
    ),
    "a sentence of an unknown promise": (
        *("statements.toml", 'promises = ["C-1.4-3"]', 'promises = ["C-0"]', "promise 'C-0'", ""),
    ),
    "a sentence that awaits no room": (
        *("statements.toml", 'by       = "room:quality"', "#", "not which room"),
        "[[statement]]",
    ),
    "information without a reason": (
        *("statements.toml", f'why      = "{PRINCIPLE}"', "#", "information, but not why"),
        'home     = "information"',
    ),
    "a notice with a strange variable": (
        *("notices.toml", "已登记：{number}", "已登记：{name}", "'name' is not declared", ""),
    ),
    "a notice that leaves a variable out": (
        *(
            "notices.toml",
            "编号 {number}。",
            "编号已定。",
            "'number' is declared, but not used",
            "",
        ),
    ),
    "a notice that cannot be filled": (
        *("notices.toml", "已登记：{number}", "已登记：{number", "expected '}'", ""),
    ),
    "a notice by no way": ("notices.toml", '"sms"', '"pigeon"', "'pigeon'", ""),
    "a mark that is not in the text": ("clauses.toml", '["等。"]', '["等等"]', "〔等等〕", ""),
    "a table nobody knows": ("tiers.toml", "[[tier]]", "[[teer]]", "", ""),
    "a table nobody knows beside others": (
        *("promises.toml", "[[milestone]]", "[[mile]]\nx = 1\n[[milestone]]", "'mile'", ""),
    ),
    "a header key nobody knows": ("handbook.toml", "mode   ", "mood   ", "'mood'", ""),
    "a number for tables": ("departments.toml", "", "", "is not a table", "department = 3"),
    "a limit beyond any calendar": (
        *("promises.toml", "{ workdays = 3 }", "{ workdays = 9000000 }", "ten years", ""),
    ),
    "no days of silence": ("defaults.toml", '"silence"', '"quiet"', "'silence'", "[[default]]"),
    "silence for ever": ("defaults.toml", "amount = 7", "amount = 900000", "1 to 366 days", ""),
    "a fault behind a table with a comment": (
        *("tiers.toml", "id     = 3", 'id     = "3"', "not a whole number", ""),
    ),
    "one table for many": ("tiers.toml", "[[tier]]", None, "is not a table", "[tier]"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_refused_with_file_line_and_reason(name: str) -> None:
    file, old, new, why, at = CASES[name]
    wrong, expected_file = dict(TEXTS), file
    if name == "one table for many":
        wrong[file] = "[tier]\nid = 1\n"
    elif name == "a number for tables":
        wrong[file] = "department = 3\n"
    elif name == "a route for no category":
        extra = TEXTS[file][TEXTS[file].index("[[route]]") : TEXTS[file].index(old)]
        wrong[file] = TEXTS[file] + extra[: extra.index("[[route]]", 5)].replace(
            '"service_quality"', '"rest"'
        )
    else:
        assert old in TEXTS[file], "the test is out of date"
        wrong[file] = TEXTS[file].replace(old, str(new), 1)
    if name == "a fault behind a table with a comment":
        wrong[file] = wrong[file].replace("[[tier]]", "[[tier]]  # the first", 1)
    if name == "a category nobody takes":
        expected_file = "categories.toml"

    with pytest.raises(PolicyFault) as caught:
        read(wrong)

    fault = caught.value
    assert (fault.file, str(fault)) == (expected_file, f"{fault.file}:{fault.line}: {fault.why}")
    assert why in fault.why
    marked = at or str(new).splitlines()[0]
    assert marked in wrong[expected_file].splitlines()[fault.line - 1]


def test_every_fault_is_found_not_only_the_first() -> None:
    book = read(TEXTS)
    wrong = replace(book.notices["result"], title="{", body="{name}", channels=("pigeon",))

    found = list(rules.faults(replace(book, notices={**book.notices, "result": wrong})))

    assert {(fault.id, fault.key) for fault in found} == {
        ("result", "channels"),
        ("result", "title"),
        ("result", "body"),
    }


def test_a_missing_file_is_named() -> None:
    with pytest.raises(PolicyFault, match=r"tiers\.toml:1: the file is missing"):
        read({name: text for name, text in TEXTS.items() if name != "tiers.toml"})


def test_a_file_that_does_not_belong_is_named() -> None:
    with pytest.raises(PolicyFault, match=r"tears\.toml:1: no file of this name"):
        read(TEXTS | {"tears.toml": ""})


def test_an_empty_file_is_no_policy() -> None:
    with pytest.raises(PolicyFault, match=r"tiers\.toml:1: there is no \[\[tier\]\]"):
        read(TEXTS | {"tiers.toml": "# nothing yet\n"})


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="no such folder"):
        load(tmp_path / "2099")


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "tiers.toml").write_bytes("# 级别\n".encode() + "# 级别\n".encode("gbk"))

    with pytest.raises(PolicyFault, match=r"tiers\.toml:2: this is not UTF-8"):
        load(tmp_path)


LADDER = """
[[severity]]
id = "general"
zh = "一般"
en = "General"
clause = "2.3.1"
rank = 1
tier_at_least = 1

[[severity]]
id = "major"
zh = "重大"
en = "Major"
clause = "2.3.1"
rank = 2
tier_at_least = 2
{major}

[[severity]]
id = "extra_major"
zh = "特别重大"
en = "Extra major"
clause = "2.3.1"
rank = 3
tier_at_least = 3
people_over = 100
facts = ["injury"]
cues = ["住院"]

[[fact]]
id = "injury"
zh = "人身伤害"
en = "Injury"
"""


@pytest.mark.parametrize(
    "criteria",
    ["", "people_over = 100", "people_over = 500", 'facts = ["injury"]', 'cues = ["住院"]'],
)
def test_a_severity_that_nothing_can_reach_is_refused(criteria: str) -> None:
    text = LADDER.format(major=criteria)

    with pytest.raises(PolicyFault, match="nothing can ever be 'major'") as caught:
        read(TEXTS | {"severities.toml": text})

    assert text.splitlines()[caught.value.line - 1] == 'id = "major"'


@pytest.mark.parametrize(
    "criteria", ["people_over = 10", "fen_over = 1_000_000", 'cues = ["冒烟"]']
)
def test_one_criterion_of_its_own_makes_a_severity_reachable(criteria: str) -> None:
    book = read(TEXTS | {"severities.toml": LADDER.format(major=criteria)})

    assert list(book.severities) == ["general", "major", "extra_major"]


def test_the_line_of_a_table_that_stands_nowhere_is_the_first() -> None:
    assert line_of("a = 1\n", "b") == 1
