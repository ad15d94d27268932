"""Who may knock at the API and how: tokens, sessions, files, health, figures, its own page."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from bihuan.accounts import commands as accounts
from bihuan.cases.models import Case, File
from bihuan.core.actors import Actor
from bihuan.events.models import DeadLetter, Pending
from bihuan.notify.models import Message
from tests.journeys.program import BODY, Api

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> None:
    """An empty place for the bytes."""
    settings.HOME = tmp_path


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(out, "JPEG")
    return SimpleUploadedFile("底座 裂纹.jpg", out.getvalue(), "image/jpeg")


def signed_in(person: Actor, **given: Any) -> Client:
    client = Client(**given)
    session = client.session
    session["person_id"], session["guest_case"] = person.id, 0
    session.save()
    return client


def at_the_desk(**given: Any) -> Client:
    client = Client(**given)
    user = get_user_model().objects.get(username="波波")
    client.force_login(user, django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_e_19_a_file_handed_in_by_a_program_is_evidence_and_comes_back_to_be_saved(api: Api):
    number = api.file()

    made = api.client.post(f"/api/v1/cases/{number}/files", {"file": photo()}, headers=api.headers)
    got = api.get(f"/files/{made.json()['token']}")

    assert made.status_code == 201
    assert (got.status_code, got["Content-Type"]) == (200, "image/jpeg")
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    assert len(got.getvalue()) == made.json()["size"]
    last = api.get(f"/cases/{number}/events").json()[-1]
    assert (last["kind"], last["data"]["files"]) == (
        "case.material_added", [made.json()["sha256"]],
    )  # fmt: skip


def test_n_09_a_file_is_not_there_for_a_stranger(api: Api):
    number = api.file()
    made = api.client.post(f"/api/v1/cases/{number}/files", {"file": photo()}, headers=api.headers)
    address = f"/api/v1/files/{made.json()['token']}"

    own = signed_in(api.home.ai_li).get(address)
    assert own.status_code == 200
    assert own.getvalue()  # read to its end, which closes the file
    assert signed_in(api.home.ding).get(address).status_code == 404
    assert Client().get(address).status_code == 401
    assert api.get("/files/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").status_code == 404


def test_n_22_a_browser_needs_its_csrf_token_and_a_program_does_not(api: Api):
    number = api.file()
    path = f"/api/v1/cases/{number}/accept"
    given = {"data": {"text": "受理"}, "content_type": "application/json"}
    desk = at_the_desk(enforce_csrf_checks=True)
    before = Case.objects.count()

    forged = [
        desk.post("/api/v1/cases", BODY, content_type="application/json").status_code,
        desk.post(path, **given).status_code,
        desk.post(path, **given | {"content_type": "text/plain", "data": "{}"}).status_code,
    ]
    desk.get(f"/desk/cases/{number}/")
    token = {"X-CSRFToken": desk.cookies["csrftoken"].value}
    own = desk.post(path, **given, headers=token)

    assert forged == [403, 403, 403]
    assert Case.objects.count() == before
    assert own.status_code == 200
    strict = Client(enforce_csrf_checks=True, headers=api.headers)
    assert strict.post("/api/v1/cases", BODY, content_type="application/json").status_code == 201


def test_a_customer_sees_their_own_cases_and_files_none_by_the_api(api: Api):
    number = api.file()
    ai_li, ding = signed_in(api.home.ai_li), signed_in(api.home.ding)

    assert [c["number"] for c in ai_li.get("/api/v1/cases").json()["cases"]] == [number]
    assert ding.get("/api/v1/cases").json()["cases"] == []
    for read in ("", "/clocks", "/entries", "/events"):
        mine = ai_li.get(f"/api/v1/cases/{number}{read}")
        assert mine.status_code == (403 if read == "/events" else 200)
        theirs = ding.get(f"/api/v1/cases/{number}{read}")
        assert theirs.status_code == 404
    refused = ai_li.post("/api/v1/cases", BODY, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


def test_a_customer_reads_no_internal_words(api: Api):
    number = api.file()
    api.post(f"/cases/{number}/note", {"text": "商家有类似投诉。"})

    seen = signed_in(api.home.ai_li).get(f"/api/v1/cases/{number}/entries").json()

    assert [entry["kind"] for entry in seen] == ["filing"]
    assert [e["kind"] for e in api.get(f"/cases/{number}/entries").json()] == ["filing", "note"]


def test_a_token_that_may_only_read_writes_nothing(api: Api):
    number = api.file()
    made = accounts.create_token(
        name="reader", staff_id=api.home.bo_bo.id, scopes=["read"], by=api.home.bo_bo,
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    api.headers = {"Authorization": f"Bearer {made.bearer}"}

    assert api.get(f"/cases/{number}").status_code == 200
    assert api.post("/cases", BODY).status_code == 403
    assert api.post(f"/cases/{number}/accept", {"text": "受理"}).status_code == 403


@pytest.mark.parametrize("base", ["/api/v1", ""])
def test_whether_it_stands_is_told_to_anybody(api: Api, base: str):
    alive, ready = Client().get(f"{base}/healthz"), Client().get(f"{base}/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})


def test_n_15_figures_are_for_the_staffs_programs_and_name_nobody(api: Api):
    api.file()
    Case.objects.filter(number=api.file()).update(next_due_at=datetime(2026, 1, 1, tzinfo=UTC))
    then = datetime(2026, 1, 1, tzinfo=UTC)
    DeadLetter.objects.create(subscriber="s", stream=1, seq=1, at=then)
    for id, state in ((1, "dead"), (2, "queued"), (3, "unknown"), (4, "sent")):
        Message.objects.create(id=id, key=f"k{id}", person_id=1, state=state, created_at=then)

    told = api.get("/metrics")

    text = told.content.decode()
    figures = dict(re.findall(r"^(bihuan_\w+) (\d+)$", text, re.M))
    assert told["Content-Type"].startswith("text/plain; version=0.0.4")
    assert (figures["bihuan_cases_open"], figures["bihuan_cases_overdue"]) == ("2", "1")
    assert int(figures["bihuan_events_pending"]) == Pending.objects.count() > 0
    assert figures["bihuan_dead_letters"] == "1"
    assert (figures["bihuan_notices_queued"], figures["bihuan_notices_failed"]) == ("1", "2")
    assert len(re.findall("^# TYPE", text, re.M)) == len(figures)
    assert Client().get("/api/v1/metrics").status_code == 401
    assert signed_in(api.home.ai_li).get("/api/v1/metrics").status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("delete", "/cases", "GET, POST"),
        ("put", "/cases/TS1", "GET"),
        ("get", "/due", "POST"),
        ("post", "/policy", "GET"),
        ("patch", "/metrics", "GET"),
    ],
)
def test_a_method_that_is_not_answered_is_a_problem_document_too(
    api: Api, method: str, path: str, allowed: str
):
    answer = getattr(api.client, method)(f"/api/v1{path}", headers=api.headers)

    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "malformed"


def test_an_address_that_is_not_there_is_a_problem_document_too(api: Api):
    answer = api.get("/nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_page_of_the_api_needs_nobody_elses_server_and_no_inline_script(api: Api):
    page = Client().get("/api/v1/docs")

    html = page.content.decode()
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert re.findall(r'(?:src|href)="(?!/)([^"]*)"', html) == []
    scripts = re.findall(r"<script([^>]*)>", html)
    assert scripts
    assert all("src=" in one or 'type="application/json"' in one for one in scripts)
    assert not re.search(r"\sstyle=|\son\w+=|<style", html)


def test_nothing_of_a_refused_upload_is_kept(api: Api):
    number = api.file()
    virus = SimpleUploadedFile("发票.jpg", b"MZ\x90\x00" + bytes(500), "image/jpeg")

    refused = api.client.post(f"/api/v1/cases/{number}/files", {"file": virus}, headers=api.headers)

    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["files"])
    assert not File.objects.exists()
