"""Fifty programs send the same complaint with the same key at the same moment: one case (F11)."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bihuan.accounts import commands as accounts
from bihuan.cases.models import Case, Clock, Entry, IdempotencyKey
from bihuan.cases.tests.people import house
from bihuan.events.models import Event, Pending
from tests.journeys.program import BODY

AT_ONCE = 50


@pytest.fixture
def bearer(fresh_db: Any) -> str:
    """波波's token, committed, so that every connection knows it."""
    home = house()
    made = accounts.create_token(
        name="feed", staff_id=home.bo_bo.id, by=home.bo_bo, at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return made.bearer


def all_at_once(bearer: str, bodies: list[str]) -> list[tuple[int, bytes]]:
    """The answers to these bodies, sent with one key by as many threads when all are ready."""
    ready = threading.Barrier(len(bodies))
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": "call-4711"}

    def send(body: str) -> tuple[int, bytes]:
        try:
            client = Client()
            ready.wait(timeout=60)
            answer = client.post(
                "/api/v1/cases", body, content_type="application/json", headers=headers
            )
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(send, bodies))


def test_fifty_posts_with_one_key_are_one_case_and_fifty_times_the_same_answer(bearer: str):
    answers = all_at_once(bearer, [json.dumps(BODY)] * AT_ONCE)

    [case] = Case.objects.all()
    assert {status for status, _ in answers} == {201}
    assert len({content for _, content in answers}) == 1
    assert Event.objects.filter(stream=case.id).count() == 1
    assert Pending.objects.filter(stream=case.id).count() == 1
    assert Entry.objects.count() == IdempotencyKey.objects.count() == 1
    assert Clock.objects.count() == Clock.objects.filter(case_id=case.id).count() == 10


def test_of_two_bodies_with_one_key_one_is_filed_and_the_other_refused(bearer: str):
    bodies = [json.dumps(BODY), json.dumps(BODY | {"subject": "漏水"})] * 10

    answers = all_at_once(bearer, bodies)

    [case] = Case.objects.all()
    mine = bodies[0] if case.subject == BODY["subject"] else bodies[1]
    filed = {body for body, (status, _) in zip(bodies, answers, strict=True) if status == 201}
    assert filed == {mine}
    assert sorted({status for status, _ in answers}) == [201, 409]
