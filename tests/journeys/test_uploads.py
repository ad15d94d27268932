"""Evidence in parts by the tus protocol, for programs and on the portal: e_19, N38."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from django.test import Client

from bihuan.cases.models import Coming, File
from bihuan.cases.tests.people import file, house
from bihuan.portal.tests.doors import photo, sign_in, start
from tests.journeys.program import Api

pytestmark = pytest.mark.django_db
NAME = base64.b64encode("裂纹.jpg".encode()).decode()
PART = "application/offset+octet-stream"


@pytest.fixture
def bytes_(settings: Any, tmp_path: Any) -> bytes:
    settings.HOME = tmp_path
    return photo().read()


class Tus:
    """A client of the protocol."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.client, self.headers = client, {"Tus-Resumable": "1.0.0"} | headers

    def ask(self, method: str, url: str, body: bytes = b"", kind: str = PART, **named: Any) -> Any:
        said = self.headers | {name.replace("_", "-"): str(v) for name, v in named.items()}
        return self.client.generic(method, url, body, kind, headers=said)

    def begin(self, url: str, length: int) -> Any:
        return self.ask("POST", url, Upload_Length=length, Upload_Metadata=f"filename {NAME}")


def test_e_19_a_program_sends_evidence_in_parts_and_goes_on_after_a_break(bytes_: bytes):
    home = house()
    api = Api(home, home.bo_bo)
    number = api.file()
    tus = Tus(api.client, **api.headers)

    offer = tus.ask("OPTIONS", f"/api/v1/cases/{number}/uploads")
    begun = tus.begin(f"/api/v1/cases/{number}/uploads", len(bytes_))
    url = begun["Location"]
    tus.ask("PATCH", url, bytes_[:200], Upload_Offset=0)
    where = tus.ask("HEAD", url)
    digest = base64.b64encode(hashlib.sha256(bytes_[200:]).digest()).decode()
    last = tus.ask(
        "POST", url, bytes_[200:], Upload_Offset=where["Upload-Offset"],
        Upload_Checksum=f"sha256 {digest}", X_HTTP_Method_Override="PATCH",
    )  # fmt: skip

    assert (offer.status_code, offer["Tus-Extension"], offer["Tus-Max-Size"]) == (
        204, "creation,expiration,checksum,termination", "20000000",
    )  # fmt: skip
    assert (begun.status_code, where.status_code, last.status_code) == (201, 200, 204)
    assert (where["Upload-Offset"], where["Upload-Length"]) == ("200", str(len(bytes_)))
    assert {where["Tus-Resumable"], where["Cache-Control"]} == {"1.0.0", "no-store"}
    assert last["Upload-Expires"].endswith("GMT")
    kept = File.objects.get()
    assert (last["Bihuan-File"], kept.name) == (kept.token, "裂纹.jpg")
    answer = api.get(f"/files/{kept.token}")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    answer.close()


def test_e_19_every_no_of_an_upload_has_its_number(bytes_: bytes):
    home = house()
    api = Api(home, home.bo_bo)
    place = f"/api/v1/cases/{api.file()}/uploads"
    tus = Tus(api.client, **api.headers)
    url = tus.begin(place, len(bytes_))["Location"]
    wrong = f"sha1 {base64.b64encode(b'0' * 20).decode()}"
    nos = {
        413: tus.begin(place, 20_000_001),
        422: tus.begin(place, 0),
        412: tus.ask("HEAD", url, Tus_Resumable="0.2.2"),
        415: tus.ask("PATCH", url, b"x", "text/plain", Upload_Offset=0),
        409: tus.ask("PATCH", url, bytes_, Upload_Offset=5),
        460: tus.ask("PATCH", url, bytes_, Upload_Offset=0, Upload_Checksum=wrong),
        400: tus.ask("PATCH", url, bytes_, Upload_Offset=0, Upload_Checksum="md5 AAAA"),
        404: tus.ask("HEAD", url + "x"),
    }
    Coming.objects.update(expires_at="2026-01-01T00:00Z")
    nos[410] = tus.ask("HEAD", url)

    assert {number: answer.status_code for number, answer in nos.items()} == {n: n for n in nos}
    assert nos[413].json()["codes"] == {"files": "too_large"}
    assert (nos[409].json()["code"], nos[409].json()["offset"]) == ("out_of_place", 0)
    assert nos[412]["Tus-Version"] == "1.0.0"
    assert nos[460].json()["code"] == "damaged"
    assert not File.objects.exists()


def test_e_19_an_upload_that_is_let_go_leaves_nothing(bytes_: bytes):
    home = house()
    api = Api(home, home.bo_bo)
    tus = Tus(api.client, **api.headers)
    url = tus.begin(f"/api/v1/cases/{api.file()}/uploads", len(bytes_))["Location"]

    assert tus.ask("DELETE", url).status_code == 204
    assert tus.ask("HEAD", url).status_code == 404


def test_a_program_that_may_only_read_ends_no_upload_by_another_name(bytes_: bytes):
    home = house()
    api, reads = Api(home, home.bo_bo), Api(home, home.bo_bo, scopes=("read",))
    url = Tus(api.client, **api.headers).begin(f"/api/v1/cases/{api.file()}/uploads", 99)[
        "Location"
    ]

    asked = Tus(reads.client, **reads.headers).ask("HEAD", url, X_HTTP_Method_Override="DELETE")
    said = Tus(reads.client, **reads.headers).ask("POST", url, X_HTTP_Method_Override="DELETE")

    assert (asked.status_code, asked["Upload-Length"], said.status_code) == (200, "99", 403)
    assert Coming.objects.exists()


def test_e_19_a_photo_of_the_form_is_in_its_grid_when_whole_and_till_then_as_half(bytes_: bytes):
    house()
    client = Client()
    place = f"/complaints/new/details/files/?draft={start(client)}"
    tus = Tus(client)

    url = tus.begin(place, len(bytes_))["Location"]
    tus.ask("PATCH", url, bytes_[:200], Upload_Offset=0)
    half = client.get(place).content.decode()
    tus.ask("PATCH", url, bytes_[200:], Upload_Offset=200)
    whole = client.get(place).content.decode()

    assert f'data-coming="{url}"' in half
    assert "只传了" in half
    assert "data-coming" not in whole
    assert f"/f/{File.objects.get().token}?size=small" in whole


def test_2_2_1_files_gathered_for_a_case_go_with_the_words_and_no_sooner(bytes_: bytes):
    home = house()
    case = file(home)
    client = sign_in(Client(), home.ai_li)
    page = f"/complaints/{case.number}/evidence/"
    tus = Tus(client)

    url = tus.begin(f"{page}files/", len(bytes_))["Location"]
    tus.ask("PATCH", url, bytes_, Upload_Offset=0)
    unsent = File.objects.get()
    listed = client.get("/complaints/").content.decode()
    sent = client.post(page, {"text": "补一张照片"})

    assert (unsent.case_id, sent.status_code) == (0, 302)
    assert "补充材料草稿" in listed
    assert File.objects.get().case_id == case.id


def test_3_3_an_upload_of_somebody_who_signed_out_is_shut_and_a_stranger_gathers_nothing(
    bytes_: bytes,
):
    home = house()
    case = file(home)
    mine, stranger = Tus(sign_in(Client(), home.ai_li)), Tus(sign_in(Client(), home.ding))
    place = f"/complaints/{case.number}/evidence/files/"
    url = mine.begin(place, len(bytes_))["Location"]

    assert stranger.ask("PATCH", url, bytes_, Upload_Offset=0).status_code == 404
    assert stranger.begin(place, len(bytes_)).status_code == 404
    assert Tus(Client()).begin(place, len(bytes_)).status_code == 401
    assert not File.objects.exists()
