"""6.08 (2.4.1): a short notice goes out as one signed request, and the same key is one notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bihuan.core.ports import Outgoing, Undeliverable
from bihuan.notify.providers import NoAnswer, ReplyLost
from bihuan.notify.providers.push import Push
from bihuan.notify.tests import apps
from bihuan.notify.tests.apps import NEW, App

AT = datetime(2026, 2, 13, 8, tzinfo=UTC)
OLD = bytes(range(24))
NOTE = Outgoing(
    to="u-1001",
    subject="已受理：TS2026021300000018",
    body="http://mall.example/s/x/",
    key="1.1:accepted:p7:push",
    link="http://mall.example/s/x/",
    reply="rtoken",
)


@pytest.fixture
def app() -> Iterator[App]:
    with apps.running() as server:
        yield server


def plug(app: App, *keys: bytes) -> Push:
    return Push(url=app.url, keys=keys or (OLD, NEW), at=AT, timeout=2)


def test_6_08_a_title_and_a_link_go_signed_by_both_secrets_and_no_words(app: App):
    assert plug(app).send(NOTE) == "p-1"
    plug(app).send(replace(NOTE, again=True))

    ((id, told),) = app.told.items()
    assert id == "rtoken"
    assert told["data"] == {
        "id": "rtoken", "account": "u-1001", "title": NOTE.subject, "link": NOTE.link,
    }  # fmt: skip


def test_n35_signed_by_another_secret_it_is_not_taken_and_that_is_our_fault(app: App):
    with pytest.raises(NoAnswer, match="401"):
        plug(app, OLD).send(NOTE)
    assert app.told == {}


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (404, Undeliverable), (410, Undeliverable), (422, Undeliverable), (409, OSError),
        (429, NoAnswer), (403, NoAnswer), (302, NoAnswer), (503, NoAnswer), (500, ReplyLost),
    ],
)  # fmt: skip
def test_a_refusal_is_about_the_account_or_about_us(app: App, status: int, fault: type[Exception]):
    app.status, app.says = status, b'{"error": "no_device"}'

    with pytest.raises(fault) as told:
        plug(app).send(NOTE)

    assert told.type is fault
    assert str(told.value) == f"{status} no_device"


def test_without_an_account_nothing_is_tried_and_a_lost_answer_is_said_so(app: App):
    with pytest.raises(Undeliverable):
        plug(app).send(replace(NOTE, to=""))
    app.hangs_up = True
    with pytest.raises(ReplyLost):
        plug(app).send(NOTE)
