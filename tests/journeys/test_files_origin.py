"""Evidence under an origin of its own, and beside the pages where there is none: N32, e_19."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from bihuan.cases import commands
from bihuan.cases.models import File
from bihuan.cases.tests.people import FRIDAY, House, file
from bihuan.cases.tests.pictures import photo
from bihuan.portal.tests.doors import sign_in
from bihuan.web.evidence import GOOD_FOR
from tests.journeys.program import Api

if TYPE_CHECKING:
    from tests.journeys.walk import Walk

pytestmark = pytest.mark.django_db
ORIGIN = "https://files.example.com"


@pytest.fixture
def home(walk: Walk, settings: Any, tmp_path: Any) -> House:
    settings.HOME = tmp_path
    return walk.home


@pytest.fixture
def origin(settings: Any) -> None:
    settings.FILES_ORIGIN = ORIGIN
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "files.example.com"]


def evidence(home: House) -> File:
    return commands.add_evidence(
        number=file(home).number, stream=photo(), name="底座.jpg", by=home.ai_li, at=FRIDAY
    )


def there(answer: Any) -> Any:
    """What a browser without any cookie gets where the answer sends it."""
    place = urlsplit(answer["Location"])
    assert f"{place.scheme}://{place.netloc}" == ORIGIN
    return Client(HTTP_HOST=place.netloc).get(place.path)


def taken(answer: Any) -> bytes:
    bytes_ = b"".join(answer.streaming_content)
    answer.close()
    return bytes_


@pytest.mark.usefixtures("origin")
@pytest.mark.parametrize("query", ["", "?size=small"])
def test_n32_a_file_is_served_under_its_own_origin_alone_without_a_cookie(home: House, query: str):
    kept = evidence(home)

    sent_on = sign_in(Client(), home.ai_li).get(f"/f/{kept.token}{query}")
    answer = there(sent_on)

    assert (sent_on.status_code, sent_on.content, answer.status_code) == (302, b"", 200)
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert taken(answer)[:3] in (b"\xff\xd8\xff", b"RIF")
    assert "底座" not in sent_on["Location"]


@pytest.mark.usefixtures("origin")
def test_n32_programs_and_originals_are_sent_there_too(walk: Walk, home: House):
    kept = evidence(home)
    api = Api(home, home.bo_bo)
    staff = walk.client(home.bo_bo)

    saved = there(api.get(f"/files/{kept.token}"))
    original = there(staff.post(f"/desk/files/{kept.token}/original/", {"reason": "核对拍摄时间"}))

    assert saved["Content-Disposition"].startswith("attachment")
    assert original["Content-Type"] == "application/octet-stream"
    assert original["Cache-Control"] == "private, no-store"
    assert taken(saved) != taken(original)


@pytest.mark.usefixtures("origin")
def test_n32_an_address_is_for_one_file_and_for_minutes(home: House, monkeypatch: Any):
    kept, other = evidence(home), evidence(home)
    address = sign_in(Client(), home.ai_li).get(f"/f/{kept.token}")["Location"]
    path = urlsplit(address).path
    client = Client(HTTP_HOST="files.example.com")

    another = client.get(path.replace(kept.token, other.token))
    bigger = client.get(path.replace("shown", "original"))
    monkeypatch.setattr("django.core.signing.time.time", _later(GOOD_FOR.total_seconds() + 1))

    assert (another.status_code, bigger.status_code) == (404, 404)
    assert client.get(path).status_code == 410


def _later(seconds: float) -> Any:
    import time

    now = time.time()
    return lambda: now + seconds


@pytest.mark.usefixtures("origin")
@pytest.mark.parametrize(
    "path", ["/", "/signin/", "/api/v1/cases", "/static/ui/ui.css", "/healthz", "/f/x", "/e/x"]
)
def test_n32_that_host_serves_nothing_else(home: House, path: str):
    client = sign_in(Client(HTTP_HOST="files.example.com"), home.ai_li)

    assert {client.get(path).status_code, client.post(path).status_code} == {404}


@pytest.mark.usefixtures("origin")
def test_n32_the_host_of_the_pages_has_no_such_address(home: House):
    kept = evidence(home)
    path = urlsplit(sign_in(Client(), home.ai_li).get(f"/f/{kept.token}")["Location"]).path

    assert Client().get(path).status_code == 404


def test_n32_without_an_origin_of_its_own_it_is_served_beside_the_pages_in_a_sandbox(home: House):
    kept = evidence(home)

    answer = sign_in(Client(), home.ai_li).get(f"/f/{kept.token}")

    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert taken(answer).startswith(b"\xff\xd8")
