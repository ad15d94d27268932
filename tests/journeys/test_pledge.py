"""1.1, 1.3, 1.4 over HTTP: the pledge and the flow say what the handbook in force says."""

from __future__ import annotations

import html
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from bihuan.cases.lifecycle import CASE
from bihuan.cases.tests import people
from bihuan.core.actors import SYSTEM
from bihuan.policy import commands as policy
from bihuan.policy import loader, queries
from bihuan.web.door import now
from bihuan.web.words import limit_words

pytestmark = pytest.mark.django_db
BOOK = loader.load_current()


@pytest.fixture(autouse=True)
def house(db: None) -> people.House:
    return people.house()


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def another_text(folder: Path, **changes: tuple[str, str]) -> None:
    """A handbook in force since yesterday, in which these files say something else."""
    shutil.copytree(loader.CURRENT, folder)
    later = {"handbook": ('"2025"', '"2027"'), "handbook ": ("2025-01-01\n", "2025-06-01\n")}
    for name, (old, new) in (later | changes).items():
        file = folder / f"{name.strip()}.toml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
    policy.activate(path=folder, by=SYSTEM, at=now() - timedelta(days=1))
    queries.forget()


def test_1_10_the_pledge_names_every_promise_with_limit_clause_and_force() -> None:
    shown = page("/pledge/")

    for promise in BOOK.promises:
        block = shown.partition(f'id="{promise.id}"')[2].partition("</li>")[0]
        assert promise.says in block, promise.id
        assert f"/policies/{promise.clause}/" in block
        assert ("平台默认" in block) is promise.default_not_handbook
        if not promise.proved_by:
            assert limit_words(promise.limit) in block
    assert "超过硬性时限，自动启动问责" in shown
    for department in BOOK.departments.values():
        assert (f"<dt>{department.zh}</dt>" in shown) is not department.watched


def test_1_10_another_handbook_gives_another_pledge(tmp_path: Path) -> None:
    old = 'until   = "complaint.accepted"\nlimit   = { hours = 48 }'
    new = old.replace("48", "47")
    before = page("/pledge/"), page("/how/"), page("/")
    assert not any("47 小时" in shown for shown in before)

    another_text(
        tmp_path / "new",
        promises=(old, new),
        departments=('zh     = "法务部"', 'zh     = "法律事务部"'),
    )

    after = page("/pledge/"), page("/how/"), page("/")
    assert all("47 小时" in shown for shown in after)
    assert "2027" in after[0]
    assert "法律事务部" in after[0]


def test_1_10_no_agency_is_shown_whose_address_nobody_has_checked(tmp_path: Path) -> None:
    assert "12315" not in page("/pledge/")

    another_text(
        tmp_path / "new",
        agencies=(
            'clause     = "5.1"\nrole       = "authority"\nconfigured = false',
            'clause     = "5.1"\nrole       = "authority"\nconfigured = true',
        ),
    )

    assert "12315" in page("/pledge/")


@pytest.mark.parametrize("kind", ["", "?severity=extra_major", "?kind=enquiry", "?kind=suggestion"])
def test_2_1_1_the_flow_is_drawn_with_its_states_owners_limits_and_sources(kind: str) -> None:
    shown = page(f"/how/{kind}")
    drawn = shown.partition('<svg class="chart"')[2].partition("</svg>")[0]
    words = re.findall(r"<text[^>]*>([^<]+)</text>", drawn)

    for state in ("filed", "accepted", "resolved", "notified", "closed", "archived"):
        assert BOOK.states[state].zh in words
    assert "不予受理" in words
    assert "用户有异议" in words
    assert any(word.startswith("客服部 · ") for word in words)
    assert any(word.startswith("系统自动 · ") for word in words)
    clauses = {step.clause for step in CASE.steps.values() if step.target not in ("", step.source)}
    for clause in clauses - {"2.2.3"}:
        assert f"手册第 {clause} 条" in shown
    assert "style=" not in drawn


def test_2_1_1_the_drawing_says_the_limits_of_the_severity_that_was_chosen() -> None:
    def limits(address: str) -> str:
        drawn = page(address).partition('<svg class="chart"')[2].partition("</svg>")[0]
        return " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", drawn))

    assert "5 个工作日 · 2.3.1" in limits("/how/")
    assert "10 个工作日 · 2.3.1" not in limits("/how/")
    assert "10 个工作日 · 2.3.1" in limits("/how/?severity=extra_major")
