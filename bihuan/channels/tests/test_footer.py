"""A letter to a person ends with the ways that work, and with nothing that does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bihuan.accounts import commands as accounts
from bihuan.accounts.commands import Contact
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.channels import commands, tasks
from bihuan.channels.commands import ContactGiven
from bihuan.core.ports import Standing
from bihuan.counter.tests.points import administrator
from bihuan.notify import queries as templates
from bihuan.notify import tasks as notify
from bihuan.notify.providers import mailbox
from bihuan.policy import queries as policy


@pytest.fixture
def letters(home: House, said: dict[str, Standing], settings: Any, tmp_path: Any) -> Any:
    """What the person with a hotline and a mailbox is sent, as it lies in the folder."""
    settings.HOME = tmp_path
    commands.set_contact(
        channel="phone", given=ContactGiven(address="400-123-4567"), by=administrator(), at=FRIDAY
    )
    mail = Contact(email="ai.li@example.com")
    accounts.update_contact(
        person_id=home.ai_li.id, contact=mail, proved=True, by=home.ai_li, at=FRIDAY
    )

    def sent(**who: int) -> str:
        from bihuan.notify.commands import tell

        tell(
            "webhook_off", key=f"k{who}", facts={"host": "h", "link": "l"}, at=FRIDAY,
            channels=["email"], **who,
        )  # fmt: skip
        tasks.watch(FRIDAY)
        notify.send_email(FRIDAY + timedelta(seconds=5))
        return "".join(one.text for one in mailbox.letters(tmp_path / "mailbox"))

    return sent


def test_it_names_the_number_and_the_page_of_all_ways(home: House, letters: Any, settings: Any):
    text = letters(person_id=home.ai_li.id)

    assert "联系我们：电话客服 400-123-4567" in text
    assert f"{settings.BASE_URL}/contact/" in text
    assert "回复本邮件" not in text  # nobody takes mail in this house


@pytest.mark.parametrize(("locale", "words"), [("zh-hans", "联系我们："), ("en", "Contact us: ")])
def test_a_preview_ends_in_the_language_it_is_in(
    home: House, letters: Any, locale: str, words: str
):
    accepted = policy.current(FRIDAY).notices["accepted"]

    seen = templates.preview(accepted, locale, "", home.chen, FRIDAY)

    assert seen.letter
    assert words in seen.letter.get_body(("plain",)).get_content()


def test_a_channel_that_does_not_work_is_not_recommended(
    home: House, letters: Any, said: dict[str, Standing]
):
    said["phone"] = Standing("phone", failing_since=FRIDAY, reason="no_line")
    said["email"] = Standing("email", always=True)

    text = letters(person_id=home.ai_li.id)

    assert "400-123-4567" not in text
    assert "联系我们：回复本邮件" in text
