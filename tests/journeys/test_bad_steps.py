"""Dues, steps, numbers and files that cannot be taken: a clear answer each, and no change."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bihuan.cases.models import Case, File
from tests.journeys.program import Api, refused
from tests.journeys.test_bad_input import BOTTOMLESS, DEEP, NESTED

pytestmark = pytest.mark.django_db


def test_a_year_without_an_official_calendar_gives_provisional_dues(api: Api):
    due = {"received": "2029-05-01T10:00:00+08:00", "kind": "complaint"}

    answer = api.post("/due", due)

    statuses = {c["milestone"]: c["status"] for c in answer.json()["clocks"]}
    assert statuses["complaint.preliminary_done"] == "provisional"
    assert statuses["case.first_response"] == "final"


DUES = [
    ({}, ["received", "kind"], ["missing", "missing"]),
    ({"kind": "complaint", "received": ""}, ["received"], ["missing"]),
    ({"kind": "complaint", "received": 5}, ["received"], ["not_text"]),
    ({"kind": "complaint", "received": "heute"}, ["received"], ["not_a_moment"]),
    ({"kind": "complaint", "received": "2026-02-13"}, ["received"], ["no_time_zone"]),
    ({"kind": "complaint", "received": "0001-01-01T00:00:00+14:00"}, ["received"],
     ["not_a_moment"]),
    ({"kind": "complaint", "received": "9999-12-31T23:59:59Z"}, ["received"], ["not_a_moment"]),
    ({"kind": "complaint", "received": "2024-01-01T00:00:00Z"}, ["received"],
     ["before_the_first_policy"]),
    ({"kind": "riot", "received": "2026-02-13T16:00:00Z"}, ["kind"], ["not_known"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "severity": "grave"}, ["severity"],
     ["not_known"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "channel": "fax"}, ["channel"],
     ["not_known"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "category": "x"}, ["category"],
     ["not_known"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "tier": 0}, ["tier"], ["not_known"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "tier": "x"}, ["tier"],
     ["not_a_number"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "tier": 10**30}, ["tier"],
     ["not_known"]),
    ({"kind": "complaint", "received": "2026-02-13T16:00:00Z", "speed": 1}, ["speed"],
     ["unknown_field"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "fields", "codes"), DUES)
def test_a_question_for_dues_that_cannot_be_answered_names_its_field(
    api: Api, body: dict[str, object], fields: list[str], codes: list[str]
):
    problem = refused(api.post("/due", body), *fields)

    assert problem["codes"] == dict(zip(fields, codes, strict=True))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", DEEP.encode()[:190_000], b"9" * 5000])
def test_a_question_that_is_no_json_object_is_refused(api: Api, body: bytes):
    answer = api.post("/due", body)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"


STEPS = [
    ("answer", b"[1]", "body", "not_an_object"),
    ("answer", b"{", "body", "not_json"),
    ("answer", DEEP.encode()[:190_000], "body", "not_an_object"),
    ("answer", b'{"text": ' + DEEP.encode()[:190_000], "body", "not_json"),
    ("answer", ('{"text": ' + NESTED + "}").encode(), "text", "not_text"),
    ("answer", ('{"text": ' + BOTTOMLESS + "}").encode(), "body", "not_json"),
    ("answer", b'{"text": "\\ud800"}', "body", "not_json"),
    ("answer", b'{"text": "a\\u0000b"}', "text", "control_characters"),
    ("answer", '{"text": "您好"}'.encode("gbk"), "body", "not_json"),
    ("answer", b'{"text": "  "}', "text", "missing"),
    ("answer", b'{"text": "x", "expected_version": "two"}', "expected_version", "not_a_number"),
    ("answer", b'{"text": "x", "expected_version": -1}', "expected_version", "out_of_range"),
    ("answer", b'{"text": "x", "expected_version": 1e400}', "body", "not_json"),
    ("answer", b'{"text": "x", "owner_id": 1}', "owner_id", "unknown_field"),
    ("find", b'{"finding": "x", "department": "weather"}', "department", "not_known"),
    ("assign", b'{"owner_id": 9}', "owner_id", "not_known"),
    ("assign", b'{"owner_id": 99999999999999999999999}', "owner_id", "out_of_range"),
    ("assign", b"{}", "owner_id", "neither"),
    ("set_tier", b'{"tier": [[[]]], "reason": "x"}', "tier", "not_known"),
    ("set_severity", b'{"severity": "grave", "reason": "x"}', "severity", "not_known"),
    ("classify", b'{"issue": "weather", "reason": "x"}', "issue", "not_known"),
    ("classify", b'{"kind": "riot", "reason": "x"}', "kind", "not_known"),
    ("merge", b'{"into": "TS1"}', "into", "no_such_case"),
    ("plan", b'{"owner_id": 1, "due_on": "9999-12-31", "text": "x"}', "due_on", "not_a_day"),
    ("plan", b'{"owner_id": 1, "due_on": "0001-01-01", "text": "x"}', "due_on", "not_a_day"),
    ("repair", b'{"failed": "x", "restored_at": "2190-01-01T00:00:00Z"}', "restored_at",
     "in_the_future"),
    ("add_material", b'{"file_ids": [1]}', "file_ids", "not_known"),
    ("add_material", b"{}", "text", "missing"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "body", "field", "code"), STEPS)
def test_a_step_that_cannot_be_taken_is_refused_at_its_field_and_changes_nothing(
    api: Api, action: str, body: bytes, field: str, code: str
):
    number = api.file()

    problem = refused(api.post(f"/cases/{number}/{action}", body), field)

    assert problem["codes"] == {field: code}
    assert Case.objects.get(number=number).version == 1


@pytest.mark.parametrize(
    "number", ["x", "TS1", "%00", "..%2f", "投诉" * 40, "TS2026021300000000", "'%20OR%201=1", "%ff"]
)
@pytest.mark.parametrize("rest", ["", "/events", "/clocks", "/entries"])
def test_a_case_that_is_not_there_is_404_however_it_is_called(api: Api, number: str, rest: str):
    refused(api.get(f"/cases/{number}{rest}"), status=404)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("../../etc/passwd", "root")
    return out.getvalue()


FILES = [
    ("空.jpg", b"", "empty"),
    ("a.jpg", b"MZ\x90\x00" + bytes(600), "kind_not_allowed"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind_not_allowed"),
    ("a.html", b"<html><script>alert(1)</script>", "kind_not_allowed"),
    ("a.php.jpg", b"<?php system('id'); ?>", "kind_not_allowed"),
    ("a.zip", zipped(), "kind_not_allowed"),
    ("a.jpg", b"\xff\xd8\xff\xe0" + bytes(600), "unreadable_image"),
    ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(600), "unreadable_image"),
    ("a.pdf", b"%PDF-1.4\n<script>alert(1)</script>", "has_script"),
    ("../../\u202egpj.exe", b"\x7fELF" + bytes(600), "kind_not_allowed"),
]


@pytest.mark.parametrize(("name", "data", "code"), FILES)
def test_a_hostile_file_is_refused_whatever_it_is_called(
    api: Api, settings: Any, tmp_path: Path, name: str, data: bytes, code: str
):
    settings.HOME = tmp_path
    number = api.file()
    upload = SimpleUploadedFile(name, data, "image/jpeg")

    answer = api.client.post(f"/api/v1/cases/{number}/files", {"file": upload}, headers=api.headers)

    assert refused(answer, "files")["codes"] == {"files": code}
    assert not File.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_or_not_there_is_refused(api: Api, settings: Any, tmp_path: Path):
    settings.HOME, settings.FILE_MAX = tmp_path, 1000
    number = api.file()
    upload = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + bytes(2000), "image/jpeg")

    large = api.client.post(f"/api/v1/cases/{number}/files", {"file": upload}, headers=api.headers)
    none = api.client.post(f"/api/v1/cases/{number}/files", {"x": "1"}, headers=api.headers)
    words = api.post(f"/cases/{number}/files", {"file": "a.jpg"})

    assert refused(large, "files")["codes"] == {"files": "too_large"}
    assert refused(none, "file")["codes"] == {"file": "missing"}
    refused(words, "file")
