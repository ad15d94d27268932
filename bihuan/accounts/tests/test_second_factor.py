"""Who has a second factor is asked for it at each way in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from bihuan.accounts import commands
from bihuan.accounts.models import Staff
from bihuan.accounts.tests import test_doors
from bihuan.accounts.tests.test_doors import GOOD
from bihuan.core.actors import SYSTEM

connected = test_doors._connected
OTHER = "harbour-bamboo-73"


@pytest.mark.django_db
def test_a_start_link_does_not_lead_past_the_second_factor():
    at = datetime.now(UTC)
    staff = commands.create_staff(name="波波", roles=["agent"], username="bobo", by=SYSTEM, at=at)
    commands.set_first_password(token=commands.start_link(staff=staff, at=at), password=GOOD, at=at)
    secret = generate_totp_secret()
    staff = Staff.objects.select_related("user").get(id=staff.id)
    TOTP.activate(staff.user, secret)
    token = commands.give_link(staff=staff, by=SYSTEM, at=at)
    client = Client()

    done = client.post(f"/staff/start/{token}/", {"password": OTHER, "again": OTHER})

    assert done["Location"] == "/staff/2fa/authenticate/"
    assert client.get("/who/").json()["id"] is None
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    done = client.post("/staff/2fa/authenticate/", {"code": code})
    assert done["Location"] == "/desk/inbox/"
    assert client.get("/who/").json()["id"] == staff.id
