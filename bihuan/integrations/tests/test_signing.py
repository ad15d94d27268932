"""Standard Webhooks, signature by signature, as a receiver proves them (N35)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from bihuan.cases.tests import people
from bihuan.cases.tests.people import FRIDAY, House
from bihuan.core import signed
from bihuan.core.refusals import NotPossible
from bihuan.integrations import commands, queries
from bihuan.integrations.models import Endpoint
from bihuan.integrations.tests.receiver import Came, proves
from bihuan.integrations.tests.steps import HOST, Open, administrator, happens, hook, state, sweep

HOUR = timedelta(hours=1)


@pytest.fixture
def came(house: House, receiver: Open) -> tuple[Came, str]:
    """What a receiver got, and the secret it was given."""
    orders, made = receiver(HOST), hook(administrator())
    people.file(house)
    happens()
    sweep()
    return orders.came[0], made.secret


def test_n_35_a_good_signature_is_proven_and_none_that_was_tampered_with(came: tuple[Came, str]):
    got, secret = came
    heads = got.headers
    changed = got.raw[:-1] + bytes([got.raw[-1] ^ 1])

    assert proves(got, secret, FRIDAY)
    assert not proves(replace(got, raw=changed), secret, FRIDAY)
    assert not proves(replace(got, headers=heads | {"webhook-id": "msg_2"}), secret, FRIDAY)
    later = {"webhook-timestamp": str(int(heads["webhook-timestamp"]) + 1)}
    assert not proves(replace(got, headers=heads | later), secret, FRIDAY)
    assert not proves(replace(got, headers=heads | {"webhook-signature": "v1,"}), secret, FRIDAY)
    assert not proves(got, signed.written(b"x" * 32), FRIDAY)


def test_n_35_what_is_kept_and_sent_again_after_five_minutes_is_old(came: tuple[Came, str]):
    got, secret = came

    assert proves(got, secret, FRIDAY + timedelta(minutes=5))
    assert not proves(got, secret, FRIDAY + timedelta(minutes=5, seconds=1))


def test_a_replay_has_the_same_id_and_a_time_of_its_own_so_that_it_is_proven_and_known(
    house: House, receiver: Open
):
    keeper = administrator()
    orders, made = receiver(HOST), hook(keeper)
    orders.secrets = [made.secret]
    people.file(house)
    happens()
    sweep()
    row = queries.deliveries(made.endpoint).rows[0]
    later = FRIDAY + HOUR
    orders.at = later

    commands.replay(id=made.endpoint.id, delivery_id=row.id, by=keeper, at=later)
    sweep(later)

    first, again = orders.came
    assert (first.id, first.raw) == (again.id, again.raw)
    assert orders.taken == [first.id]
    assert proves(again, made.secret, later)


def test_all_that_failed_since_a_moment_is_sent_again_and_nothing_else(
    house: House, receiver: Open
):
    keeper = administrator()
    orders, made = receiver(HOST), hook(keeper)
    rows = []
    for n in range(3):
        people.file(house, at=FRIDAY + n * HOUR, external_id=f"{n}")
    happens(FRIDAY + 3 * HOUR)
    rows = list(made.endpoint.delivery_set.order_by("created_at"))
    made.endpoint.delivery_set.filter(id__in=[rows[0].id, rows[1].id]).update(
        state="failed", next_try_at=None, tries=10
    )

    count = commands.replay_since(
        id=made.endpoint.id, since=FRIDAY + HOUR, by=keeper, at=FRIDAY + 4 * HOUR
    )
    sweep(FRIDAY + 4 * HOUR)

    assert count == 1
    assert {one.id for one in orders.came} == {rows[1].key, rows[2].key}


def test_a_secret_is_32_random_bytes_and_lies_sealed(house: House, receiver: Open):
    receiver(HOST)
    keeper = administrator()
    made, other = hook(keeper), hook(keeper)

    assert made.secret.startswith("whsec_")
    assert len(base64.b64decode(made.secret[6:])) == 32
    assert made.secret != other.secret
    assert made.secret not in repr(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(one)::text FROM integrations_endpoint AS one")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert made.secret[6:] not in kept
    assert base64.b64decode(made.secret[6:]).hex() not in kept
    assert queries.secret(state(made)) == made.secret


def test_n_35_for_a_day_both_secrets_sign_and_then_the_old_one_is_forgotten(
    house: House, receiver: Open
):
    keeper = administrator()
    orders, made = receiver(HOST), hook(keeper)
    turned = commands.rotate(id=made.endpoint.id, by=keeper, at=FRIDAY)
    for n, at in enumerate((FRIDAY, FRIDAY + 23 * HOUR, FRIDAY + 24 * HOUR)):
        people.file(house, at=at, external_id=f"{n}")
        happens(at)
        sweep(at)

    during, late, after = orders.came
    for got in (during, late):
        assert len(got.signatures) == 2
        sent = FRIDAY if got is during else FRIDAY + 23 * HOUR
        assert proves(got, turned.secret, sent)
        assert proves(got, made.secret, sent)
    assert len(after.signatures) == 1
    assert proves(after, turned.secret, FRIDAY + 24 * HOUR)
    assert not proves(after, made.secret, FRIDAY + 24 * HOUR)

    commands.forget(FRIDAY + 24 * HOUR)
    assert (state(made).old_secret, state(made).old_until) == (None, None)


def test_a_second_click_does_not_lock_the_receiver_out(house: House, receiver: Open):
    keeper = administrator()
    receiver(HOST)
    made = hook(keeper)
    commands.rotate(id=made.endpoint.id, by=keeper, at=FRIDAY)

    with pytest.raises(NotPossible) as refused:
        commands.rotate(id=made.endpoint.id, by=keeper, at=FRIDAY + HOUR)

    assert refused.value.facts["state"] == "rotating"
    assert made.secret in queries.secrets_of(state(made), FRIDAY + HOUR)
    commands.rotate(id=made.endpoint.id, by=keeper, at=FRIDAY + 24 * HOUR)
    assert made.secret not in queries.secrets_of(Endpoint.objects.get(), FRIDAY + 24 * HOUR)
