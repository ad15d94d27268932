"""The pages on which messages are read and sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from bihuan.core.actors import Actor, Role
from bihuan.core.ports import Outgoing
from bihuan.core.refusals import NotFound, NotSignedIn
from bihuan.notify import commands
from bihuan.notify.models import Message
from bihuan.notify.providers.mailbox import Mailbox
from bihuan.notify.tests.people import AT, STREAM, People
from bihuan.notify.views import fates
from bihuan.notify.views import reading as views

pytestmark = pytest.mark.django_db
FACTS = {"number": "<b>TS1</b>", "link": "http://mall.example/c/TS1/", "reopen_until": "归档前"}


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "bihuan.notify.tests.urls"
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}


def asked(path: str, by: Actor | None, method: str = "get", **more: Any) -> Any:
    request: Any = getattr(RequestFactory(), method)(path)
    request.who, request.guest_case = by, more.get("guest_case", 0)
    request.htmx = False
    request._messages = _Said()
    return request


class _Said(list[Any]):
    """Where a page puts what was just done, without a session."""

    def add(self, level: int, message: str, extra_tags: str = "") -> None:
        self.append(message)


def aili(people: People) -> Actor:
    return Actor(people.aili, frozenset({Role.CUSTOMER}))


def chen(people: People) -> Actor:
    return Actor(people.chen, frozenset({Role.SUPERVISOR}), "customer_service")


def tell(people: People, key: str = "k", case_id: int = STREAM) -> list[Message]:
    return commands.tell(
        "closed", key=key, facts=FACTS, person_id=people.aili, case_id=case_id,
        channels=["email"], at=AT,
    )  # fmt: skip


def test_a_customer_reads_messages_and_markup_in_them_stays_text(people: People):
    tell(people)

    page = views.notifications(asked("/notifications/", aili(people))).content.decode()

    assert "已办结：&lt;b&gt;TS1&lt;/b&gt;" in page
    assert "<b>TS1</b>" not in page
    assert "未读" in page


def test_opening_the_case_marks_the_message_as_read(people: People):
    made = tell(people)
    inbox = next(m for m in made if m.channel == "inbox")

    answer = views.read(asked("/x/", aili(people), "post"), id=inbox.id)

    assert answer["Location"] == "/cases/TS2026021300000018/"
    assert "未读" not in views.notifications(asked("/x/", aili(people))).content.decode()


def test_a_guest_reads_the_messages_of_one_case_only(people: People):
    tell(people, "k1")
    other = tell(people, "k2", case_id=STREAM + 1)

    page = views.notifications(asked("/x/", aili(people), guest_case=STREAM)).content.decode()

    assert page.count('id="message-') == 1
    with pytest.raises(NotFound):
        views.read(asked("/x/", aili(people), "post", guest_case=STREAM), id=other[0].id)


def test_somebody_elses_message_cannot_be_marked(people: People):
    made = tell(people)

    with pytest.raises(NotFound):
        views.read(asked("/x/", chen(people), "post"), id=made[0].id)


def test_a_stranger_is_asked_who_he_is(people: People):
    for view in (views.notifications, views.notices, fates.listed):
        with pytest.raises(NotSignedIn):
            view(asked("/x/", None))


def test_the_desk_lists_what_failed_with_the_reason_and_a_masked_name(people: People):
    tell(people)
    Message.objects.filter(channel="email").update(state="unknown", error="reply_lost")

    page = fates.listed(asked("/desk/messages/", chen(people))).content.decode()

    assert "没有收到回执" in page
    assert "爱丽" not in page
    assert "重发" in page


@pytest.mark.parametrize("day", ["0001-01-01", "2023-12-31", "9999-12-31"])
def test_a_day_on_which_nothing_can_have_been_told_is_an_empty_list(people: People, day: str):
    tell(people)

    page = fates.listed(asked(f"/desk/messages/?day={day}", chen(people)))

    assert page.status_code == 200
    assert "邮件</td>" not in page.content.decode()


def test_resending_puts_the_message_back_into_the_queue(people: People):
    made = tell(people)
    mail = next(m for m in made if m.channel == "email")
    Message.objects.filter(id=mail.id).update(state="dead", next_try_at=None)

    answer = fates.resend(asked("/x/", chen(people), "post"), id=mail.id)

    assert answer.status_code == 302
    assert Message.objects.get(id=mail.id).state == "queued"


def test_pages_of_the_desk_do_not_exist_for_customers(people: People):
    for view in (views.notices, fates.listed):
        with pytest.raises(NotFound):
            view(asked("/x/", aili(people)))


def test_staff_read_what_the_house_told_them(people: People):
    facts = dict.fromkeys(("number", "department", "due", "link"), "X")
    commands.tell("assigned", key="a", facts=facts, staff_id=people.chen, at=AT)

    page = views.notices(asked("/desk/notices/", chen(people))).content.decode()

    assert "新分派：X" in page


def test_the_mailbox_is_there_in_the_demo_only(settings: Any, tmp_path: Path):
    settings.HOME = tmp_path
    sent = Outgoing("aili@example.com", "已登记", "您好 http://mall.example/c/?a=1", "k")
    name = Mailbox(folder=tmp_path / "mailbox", sender="s@mall.example", at=AT).send(sent)
    anybody = asked("/mailbox/", None)

    settings.DEMO = True
    assert "已登记" in views.letters(anybody).content.decode()
    assert '<a href="http://mall.example/c/?a=1"' in views.letter(anybody, name).content.decode()
    with pytest.raises(NotFound):
        views.letter(anybody, "nothing")

    settings.DEMO = False
    with pytest.raises(NotFound):
        views.letters(anybody)
    with pytest.raises(NotFound):
        views.letter(anybody, name)
