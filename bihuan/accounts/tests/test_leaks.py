"""What a thief of the database, or of its backup, would read: nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from bihuan.accounts import commands
from bihuan.accounts.commands import Contact
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.orders.commands import Bought, copy_order

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
SEEDED = (
    "王爱丽",
    "13912342718",
    "aili@example.com",
    "文三路 90 号",
    "u-1001",
    "2026021388A7",
)


def everything() -> str:
    """Every row of every table, as a dump would hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        rows: list[str] = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


@pytest.mark.django_db
def test_a_dump_of_the_database_names_nobody_and_holds_no_usable_secret():
    person = commands.register_person(
        contact=Contact(
            name=SEEDED[0], phone=SEEDED[1], email=SEEDED[2], address=SEEDED[3], account=SEEDED[4]
        ),
        at=AT,
    )
    bought = Bought(number=SEEDED[5], title="护眼台灯", paid_fen=19900, placed_at=AT)
    copy_order(person_id=person, bought=bought, by=SYSTEM, at=AT)
    issued = commands.issue_code(purpose="signin", contact=SEEDED[1], at=AT)
    staff = commands.create_staff(name="波波", roles=["agent"], by=SYSTEM, at=AT)
    token = commands.create_token(name="feed", staff_id=staff.id, by=SYSTEM, at=AT)
    agent = Actor(staff.id, frozenset({Role.AGENT}))
    commands.reveal(person_id=person, field="phone", reason="回拨核实地址", by=agent, at=AT)

    dumped = everything()

    assert "护眼台灯" in dumped
    assert "回拨核实地址" in dumped
    for secret in (*SEEDED, token.bearer):
        assert secret not in dumped
        assert secret.encode().hex() not in dumped
    assert f",{issued.code}," not in dumped
