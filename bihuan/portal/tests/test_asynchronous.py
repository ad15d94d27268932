"""Evidence comes whole where pages are served asynchronously, as `bihuan up` does."""

from __future__ import annotations

from typing import Any

from django.test import AsyncClient, Client

from bihuan.accounts.models import Staff
from bihuan.cases import commands
from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY
from bihuan.policy import queries as policy
from bihuan.portal.tests.doors import photo


def test_a_photo_comes_to_staff_without_a_word_in_the_log(
    fresh_db: Any, recwarn: Any, in_a_loop: Any
) -> None:
    policy.forget()
    house = people.house()
    case = people.file(house)
    row = commands.add_evidence(
        number=case.number, stream=photo(), name="裂纹.jpg", by=house.ai_li, at=FRIDAY
    )
    signed_in = Client()
    signed_in.force_login(Staff.objects.get(id=house.chen.id).user)

    async def ask() -> tuple[int, str, int]:
        client = AsyncClient()
        client.cookies = signed_in.cookies
        answer = await client.get(f"/f/{row.token}")
        return answer.status_code, answer["Content-Type"], len(b"".join([b async for b in answer]))

    answer = in_a_loop(ask())
    policy.forget()

    assert answer == (200, "image/jpeg", row.size)
    assert [str(one.message) for one in recwarn] == []
