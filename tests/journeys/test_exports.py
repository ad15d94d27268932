"""E.10: everything can be taken out by its owner, masked unless there is a reason."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bihuan.cases.tests.people import FRIDAY, House, file, house
from bihuan.cli import export
from bihuan.complaints import commands, tasks
from bihuan.complaints.models import Export
from bihuan.complaints.tests.people import HOUR, staff
from bihuan.core.actors import SYSTEM, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted
from bihuan.events.models import Event
from bihuan.events.relay import drain
from tests.house.addresses import staff as desk

PAGE = "/desk/reports/export/"
ASKED = {"what": "cases", "first": "2026-02-01", "last": "2026-02-28", "format": "csv"}
db = pytest.mark.django_db


@pytest.fixture
def home(db: None) -> House:
    home = house()
    file(home, text="=HYPERLINK(1) 底座开裂，加水后漏水，要求退款。")
    file(home, FRIDAY + HOUR, kind="enquiry")
    drain(FRIDAY + HOUR)
    tasks.reckon(FRIDAY + HOUR)
    return home


def taken(name: str, **asked: Any) -> bytes:
    answer: Any = desk(name).post(PAGE, ASKED | asked)
    assert answer.status_code == 200, answer.content.decode()[-3000:]
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def read(found: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found.decode("utf-8-sig"), newline="")))


def test_e_10_cases_are_taken_out_masked_and_defused(home: House):
    first, second = read(taken("陈主管"))

    assert (first["person_name"], first["person_phone"]) == ("爱*", "139****2718")
    assert first["subject"].startswith("'=HYPERLINK")
    assert (first["owner"], first["received_at"]) == ("波波", "2026-02-13T16:00:00+08:00")
    assert second["kind"] == "enquiry"
    assert "13900002718" not in taken("陈主管").decode()
    row = Export.objects.order_by("id").first()
    assert row is not None
    said = Event.objects.get(stream=row.id)
    assert (said.kind, said.actor_id, said.data["what"]) == ("export.made", home.chen.id, "cases")


def test_e_10_cases_from_a_day_on_and_in_each_kind_of_file(home: House):
    assert read(taken("陈主管", first="2026-02-14", last="2026-02-14")) == []
    lines = taken("陈主管", format="jsonl").decode().splitlines()
    assert json.loads(lines[0])["subject"].startswith("=HYPERLINK")
    with zipfile.ZipFile(io.BytesIO(taken("陈主管", format="xlsx"))) as book:
        assert book.testzip() is None


def test_e_10_cases_of_a_month_are_those_received_in_it_on_the_page_and_by_command(
    home: House, tmp_path: Path
):
    late = file(home, FRIDAY + timedelta(days=20), external_id="march")
    month = read(taken("陈主管"))

    assert len(month) == 2
    assert late.number not in {row["number"] for row in month}
    assert [r["number"] for r in read(taken("陈主管", first="2026-03-05", last="2026-03-05"))] == [
        late.number
    ]
    until = "2026-03-06T00:00:00+08:00"
    assert Event.objects.filter(kind="export.made", data__until=until).exists()
    to = tmp_path / "cases.jsonl"
    asked = export.parser().parse_args(["cases", "--until", "2026-02-28", "--to", str(to)])
    assert export.take(asked, "jsonl") == 0
    assert len(to.read_text("utf-8").splitlines()) == 2
    assert export.run(["cases", "--since", "2026-03-01", "--until", "2026-02-01", "--to", "x.csv"])


def test_e_10_personal_data_leaves_with_compliance_for_a_reason_that_is_kept(home: House):
    staff("合规周", Role.COMPLIANCE, "compliance")

    bad: Any = desk("合规周").post(PAGE, ASKED | {"personal": "on", "reason": ""})
    assert bad.status_code == 422
    assert not Export.objects.exists()
    first, _ = read(taken("合规周", personal="on", reason="监管机关调取，来函 2026-18 号"))

    assert (first["person_name"], first["person_phone"]) == ("爱丽", "13900002718")
    row = Export.objects.get()
    assert (row.personal, row.reason) == (True, "监管机关调取，来函 2026-18 号")
    assert "来函" not in str(Event.objects.get(stream=row.id).data)


def test_e_10_a_supervisor_is_not_offered_personal_data_and_does_not_get_it(home: House):
    assert "personal" not in desk("陈主管").get(PAGE).content.decode().partition("<main")[2]
    first, _ = read(taken("陈主管", personal="on", reason="我想看一看"))
    assert first["person_name"] == "爱*"

    with pytest.raises(NotPermitted):
        commands.note_export(
            what="cases", format="csv", personal=True, reason="我想看一看", by=home.chen, at=FRIDAY
        )


def test_e_10_an_agent_takes_nothing_out(home: House):
    assert desk("波波").get(PAGE).status_code == 404
    assert desk("波波").post(PAGE, ASKED).status_code == 404
    with pytest.raises(NotFound):
        commands.note_export(what="cases", format="csv", by=home.bo_bo, at=FRIDAY)


@pytest.mark.parametrize("what", ["on_time", "accountability", "drift"])
@pytest.mark.parametrize("format", ["csv", "jsonl", "xlsx"])
def test_e_10_each_report_is_taken_out_in_each_kind_of_file(home: House, what: str, format: str):
    assert len(taken("陈主管", what=what, format=format)) > 50


@pytest.mark.parametrize("wrong", [{"format": "pdf"}, {"what": "x"}, {"first": "y"}])
def test_e_10_what_cannot_be_taken_is_said_beside_the_field(home: House, wrong: dict[str, str]):
    answer: Any = desk("陈主管").post(PAGE, ASKED | wrong)

    assert answer.status_code == 422
    assert "aria-invalid" in answer.content.decode()
    with pytest.raises(Invalid):
        commands.note_export(what="cases", format="pdf", by=SYSTEM, at=FRIDAY)


def test_e_10_the_command_line_writes_the_file_or_says_why_not(
    home: House, tmp_path: Path, capsys: Any
):
    to = tmp_path / "cases.csv"

    given = ["cases", "--since", "2026-02-01", "--to", str(to)]
    assert export.take(export.parser().parse_args(given), "csv") == 0
    assert len(read(to.read_bytes())) == 2
    assert to.stat().st_mode & 0o077 == 0
    given = ["on_time", "--since", "2026-02-01", "--until", "2026-02-28", "--to"]
    book = tmp_path / "r.xlsx"
    assert export.take(export.parser().parse_args([*given, str(book)]), "xlsx") == 0
    nowhere = tmp_path / "no" / "folder.csv"
    assert export.take(export.parser().parse_args(["cases", "--to", str(nowhere)]), "csv") == 1
    for bad in (["--to", "a.parquet"], ["--to", "a.txt"], ["--to", "a.csv", "--personal"]):
        assert export.run(["cases", *bad]) == 2
    assert "Parquet is not written" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cases.csv", "r.xlsx"]


def test_e_10_without_a_database_the_command_says_so(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "bihuan", "export", "cases", "--to", str(tmp_path / "a.csv")],
        env={"BIHUAN_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "no database is running" in done.stderr
