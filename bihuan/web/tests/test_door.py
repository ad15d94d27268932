"""The door: who and when, and how each refusal looks to programs and to people."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, re_path

import bihuan
from bihuan.core import refusals
from bihuan.core.actors import Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPossible, NotSignedIn, Refusal, Stale
from bihuan.web import door, messages, views

AILI = Actor(3, frozenset({Role.CUSTOMER}), name="爱丽")
pytestmark = [pytest.mark.urls(__name__)]

FORBIDDEN = "TS202602130000017"
REFUSED: dict[str, Refusal] = {
    "forbidden": NotFound("2.2.2", number=FORBIDDEN, why="another person's"),
    "not_possible": NotPossible("1.4", state="closed", action="accept", possible=["reopen"]),
    "stale": Stale(version=4, state="accepted", number=FORBIDDEN),
    "invalid": Invalid({"text": "too_long"}, "2.2.1", limit=10, length=12),
    "too_many": refusals.TooMany(retry_after=60),
    "not_signed_in": NotSignedIn(),
    "not_permitted": refusals.NotPermitted("2.3.1", action="approve_severity"),
}


def refusing(request: HttpRequest, name: str) -> NoReturn:
    raise REFUSED[name]


async def refusing_slowly(request: HttpRequest) -> NoReturn:
    raise REFUSED["stale"]


def forbidding(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def breaking(request: HttpRequest) -> NoReturn:
    raise ZeroDivisionError


def well(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    re_path(r"^(?:api/|desk/)?refused/(?P<name>\w+)/$", refusing),
    path("api/slow/", refusing_slowly),
    path("permission/", forbidding),
    path("api/broken/", breaking),
    path("broken/", breaking),
    path("form/", well),
]
handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error


@pytest.fixture(autouse=True)
def plain_files(settings: Any, tmp_path: Path) -> None:
    """Static files as they stand: what they are called is not what is tested here."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def api(client: Client) -> Any:
    def get(name: str) -> tuple[Any, dict[str, Any]]:
        response = client.get(f"/api/refused/{name}/")
        assert response["Content-Type"] == "application/problem+json"
        return response, json.loads(response.content)

    return get


def settled(page: bytes) -> str:
    """A page without what differs at each visit: the form token and the moment."""
    text = re.sub(r'"X-CSRFToken": "\w+"', "", page.decode())
    return re.sub(r'data-now="[^"]+"', "", text)


def test_the_moment_is_read_once_a_request() -> None:
    request = RequestFactory().get("/")
    request.who = AILI  # type: ignore[attr-defined]
    first = door.enter(request)
    assert door.enter(request) == first
    assert first["by"] == AILI
    assert abs((datetime.now(UTC) - first["at"]).total_seconds()) < 60


def test_a_stranger_is_not_let_in_but_may_know_the_time() -> None:
    request = RequestFactory().get("/")
    request.who = None  # type: ignore[attr-defined]
    with pytest.raises(NotSignedIn):
        door.enter(request)
    assert door.moment(request).utcoffset() is not None


@pytest.mark.django_db
def test_a_program_is_told_what_is_possible_instead(api: Any) -> None:
    response, said = api("not_possible")
    assert response.status_code == 409
    assert said == {
        "type": "urn:bihuan:problem:not_possible",
        "title": "现在不能进行这一步",
        "status": 409,
        "detail": "案件的状态已不允许这样操作，请刷新后查看最新进度。",
        "code": "not_possible",
        "clause": "1.4",
        "action": "accept",
        "state": "closed",
        "possible": ["reopen"],
    }


@pytest.mark.django_db
def test_a_stale_step_is_told_the_newer_state_and_nothing_of_our_own(api: Any) -> None:
    response, said = api("stale")
    assert response.status_code == 409
    assert (said["version"], said["state"]) == (4, "accepted")
    assert "number" not in said


@pytest.mark.django_db
def test_each_faulty_field_is_named_in_words_and_code(api: Any) -> None:
    response, said = api("invalid")
    assert response.status_code == 422
    assert said["fields"] == {"text": "最多 10 个字，现在有 12 个字"}
    assert said["codes"] == {"text": "too_long"}


@pytest.mark.django_db
def test_too_often_says_when_to_come_back(api: Any) -> None:
    response, said = api("too_many")
    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert said["detail"] == "请在 60 秒后再试。"


@pytest.mark.django_db
def test_a_program_that_has_not_said_who_it_is_gets_401(api: Any) -> None:
    response, _ = api("not_signed_in")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db
def test_an_asynchronous_view_may_refuse_too(client: Client) -> None:
    assert client.get("/api/slow/").json()["code"] == "stale"


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["/api/", "/"])
def test_forbidden_and_unknown_are_the_same_answer(client: Client, place: str) -> None:
    forbidden = client.get(f"{place}refused/forbidden/")
    unknown = client.get(f"{place}nothing/here/")
    assert forbidden.status_code == unknown.status_code == 404
    assert settled(forbidden.content) == settled(unknown.content)
    for answer in (forbidden, unknown):
        del answer["Expires"]  # a second may pass between the two
    assert forbidden.headers == unknown.headers
    assert FORBIDDEN not in forbidden.content.decode()
    assert "2.2.2" not in forbidden.content.decode()


@pytest.mark.django_db
def test_a_person_gets_a_page_that_says_what_to_do(client: Client) -> None:
    response = client.get("/refused/not_possible/")
    page = response.content.decode()
    assert response.status_code == 409
    assert "<h1>现在不能进行这一步</h1>" in page
    assert "请刷新后查看最新进度" in page
    assert "服务手册第 1.4 条" in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "status"), [("not_permitted", 403), ("invalid", 422), ("too_many", 429)]
)
def test_every_refusal_has_a_page(client: Client, name: str, status: int) -> None:
    response = client.get(f"/refused/{name}/")
    assert response.status_code == status
    assert messages.title(name) in response.content.decode()


@pytest.mark.django_db
def test_a_stranger_is_led_to_the_right_sign_in_and_back(client: Client) -> None:
    place = "/refused/not_signed_in/"
    assert client.get(f"{place}?a=1")["Location"] == (
        "/signin/?next=%2Frefused%2Fnot_signed_in%2F%3Fa%3D1"
    )
    assert client.get(f"/desk{place}")["Location"].startswith("/staff/login/?next=")
    assert client.post(place)["Location"] == "/signin/"
    swapped = client.get(place, headers={"HX-Request": "true"})
    assert (swapped.status_code, swapped["HX-Redirect"]) == (200, "/signin/")


@pytest.mark.django_db
def test_djangos_own_refusal_looks_like_ours(client: Client) -> None:
    response = client.get("/permission/")
    assert response.status_code == 403
    assert messages.title("not_permitted") in response.content.decode()


@pytest.mark.django_db
def test_a_bug_gets_words_and_no_details() -> None:
    client = Client(raise_request_exception=False)
    page = client.get("/broken/")
    assert page.status_code == 500
    assert "系统出错了" in page.content.decode()
    assert "ZeroDivision" not in page.content.decode()
    assert client.get("/api/broken/").json()["code"] == "failed"


@pytest.mark.django_db
def test_a_form_that_stood_open_too_long_is_explained(settings: Any) -> None:
    settings.CSRF_FAILURE_VIEW = "bihuan.web.views.form_expired"
    response = Client(enforce_csrf_checks=True).post("/form/")
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_every_refusal_has_a_status_and_words() -> None:
    for kind in Refusal.__subclasses__():
        code = kind.code()
        assert code in messages.REFUSALS, code
        made = kind({}) if kind is Invalid else kind()
        assert 400 <= door.status(made) < 500


def test_every_fault_that_the_house_can_find_at_a_field_has_words() -> None:
    codes: set[str] = set()
    for file in Path(bihuan.__file__).parent.rglob("*.py"):
        if "tests" not in file.parts:
            codes |= set(fault_codes(ast.parse(file.read_text(encoding="utf-8"))))
    assert codes - messages.FAULTS.keys() - messages._WITH_FIGURES.keys() == set()


def fault_codes(tree: ast.AST) -> list[str]:
    """The codes in `Invalid({field: "code"})`, also those behind an `if`."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Invalid" and node.args:
            values = getattr(node.args[0], "values", [])
            for value in values:
                ends = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                found += [str(e.value) for e in ends if isinstance(e, ast.Constant)]
    return found
