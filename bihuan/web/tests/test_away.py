"""A database that is away, or gives up: no bug, and the answer says when to come again."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from bihuan.web import views

pytestmark = [pytest.mark.usefixtures("fresh_db"), pytest.mark.urls(__name__)]


def cutting(request: HttpRequest) -> HttpResponse:
    """The server ends our session while we ask, as when it stops or another takes over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        with psycopg.connect(connection.connection.info.dsn, password=_password()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        cursor.execute("SELECT 1")
    return HttpResponse("ok")


def cutting_with_a_key(request: HttpRequest) -> HttpResponse:
    """As a view does that gives the same answer to the same key."""
    request.keyed = True  # type: ignore[attr-defined]
    return cutting(request)


def hanging(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'; SELECT pg_sleep(5)")
    return HttpResponse("ok")


def _password() -> str:
    return str(connection.settings_dict["PASSWORD"] or "")


urlpatterns = [
    path("api/cut/", cutting),
    path("cut/", cutting),
    path("api/keyed/", cutting_with_a_key),
    path("api/hanging/", hanging),
]
handler500 = views.server_error


@pytest.fixture
def client() -> Iterator[Client]:
    yield Client(raise_request_exception=False)
    connection.close()


@pytest.mark.parametrize("place", ["/api/cut/", "/api/hanging/"])
def test_a_program_is_told_that_it_may_come_again_soon(client: Client, place: str) -> None:
    answer = client.get(place)

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert int(answer["Retry-After"]) > 0


def test_a_program_that_cannot_say_that_it_is_the_same_again_is_not_told_to_come_again(
    client: Client,
) -> None:
    keyed = client.post("/api/keyed/")
    connection.close()
    without = client.post("/api/cut/")

    assert (keyed.status_code, keyed.json()["code"]) == (503, "unavailable")
    assert (without.status_code, without.json()["code"]) == (500, "failed")
    assert "Retry-After" not in without


def test_a_person_is_told_that_their_words_are_still_there(client: Client) -> None:
    answer = client.get("/cut/")

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, str(views.AWAY))
    assert "您填写的内容还在" in page
    assert 'class="refused"' in page  # which tells draft.js that nothing was taken
    assert "系统出错了" not in page
