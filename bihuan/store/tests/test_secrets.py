"""Sealed values: bound to their place, gone with their key, never written in clear."""

from __future__ import annotations

import base64
import secrets as random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from bihuan.core.refusals import NotPossible
from bihuan.store import secrets, vault
from bihuan.store.vault import BadKey, Tampered, Vault, WrongKey

AT = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
PERSON = 4_000_000_001


def a_key() -> bytes:
    return random.token_bytes(32)


@pytest.fixture(autouse=True)
def _nothing_remembered():
    secrets.forget()


def insert_key(person_id: int = PERSON) -> None:
    new = secrets.new_key()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_personkey VALUES (%s, %s, %s, %s, NULL)",
            [person_id, new.wrapped, new.key_encryption_key, AT],
        )


@pytest.mark.django_db
def test_a_sealed_value_opens_in_its_place_and_nowhere_else():
    insert_key()
    sealed = secrets.seal(PERSON, "accounts_person", "phone", 7, "13912342718")

    assert secrets.open_(PERSON, "accounts_person", "phone", 7, sealed) == "13912342718"
    for table, column, row in [
        ("accounts_person", "phone", 8),
        ("accounts_person", "email", 7),
        ("cases_sealed", "phone", 7),
    ]:
        with pytest.raises(Tampered):
            secrets.open_(PERSON, table, column, row, sealed)


@pytest.mark.django_db
def test_one_changed_byte_anywhere_is_found():
    insert_key()
    sealed = secrets.seal(PERSON, "t", "c", 1, "西湖区文三路")

    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Tampered):
            secrets.open_(PERSON, "t", "c", 1, bytes(changed))


@pytest.mark.django_db
def test_the_same_value_sealed_twice_looks_different():
    insert_key()

    assert secrets.seal(PERSON, "t", "c", 1, "王") != secrets.seal(PERSON, "t", "c", 1, "王")


@pytest.mark.django_db
def test_what_a_destroyed_key_sealed_cannot_be_read_or_added_to():
    insert_key()
    sealed = secrets.seal(PERSON, "t", "c", 1, "13912342718")

    assert secrets.destroy(PERSON, at=AT)
    secrets.forget()

    assert secrets.open_(PERSON, "t", "c", 1, sealed) is None
    with pytest.raises(NotPossible):
        secrets.seal(PERSON, "t", "c", 1, "again")
    assert not secrets.destroy(PERSON, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM accounts_personkey WHERE person_id = %s", [PERSON])
        assert cursor.fetchone() == (None,)


@pytest.mark.django_db
def test_a_person_without_a_key_is_a_fault_and_no_plain_text_is_made():
    with pytest.raises(secrets.NoKey):
        secrets.seal(PERSON + 9, "t", "c", 1, "13912342718")


@pytest.mark.django_db
def test_many_keys_cost_one_query(django_assert_num_queries):
    for person in range(PERSON, PERSON + 30):
        insert_key(person)

    with django_assert_num_queries(1):
        secrets.load(range(PERSON, PERSON + 30))
        secrets.load(range(PERSON, PERSON + 30))
        for person in range(PERSON, PERSON + 30):
            secrets.seal(person, "t", "c", 1, "x")


@pytest.mark.django_db
def test_keys_are_wrapped_anew_and_the_old_key_is_needed_no_longer(tmp_path, settings):
    old, new = vault._key(random.token_urlsafe(32)), random.token_urlsafe(32)
    settings.HOME = tmp_path
    settings.KEY_ENCRYPTION_KEY = _text(old)
    secrets.forget()
    insert_key()
    sealed = secrets.seal(PERSON, "t", "c", 1, "13912342718")
    index = secrets.blind("t", "c", "13912342718")

    settings.KEY_ENCRYPTION_KEY = f"{new},{_text(old)}"
    secrets.forget()
    changed = secrets.rewrap(batch=1)
    settings.KEY_ENCRYPTION_KEY = new
    secrets.forget()

    try:
        assert changed == 1
        assert secrets.open_(PERSON, "t", "c", 1, sealed) == "13912342718"
        assert secrets.blind("t", "c", "13912342718") == index
        settings.KEY_ENCRYPTION_KEY = _text(old)
        secrets.forget()
        with pytest.raises(WrongKey):
            secrets.open_vault()
    finally:
        secrets.forget()


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def test_another_key_does_not_open_the_vault_and_says_what_to_do(tmp_path):
    Vault([a_key()], tmp_path)

    with pytest.raises(WrongKey, match="BIHUAN_KEK"):
        Vault([a_key()], tmp_path)


def test_a_lost_key_of_the_installation_stops_the_start(tmp_path):
    vault.open_in(tmp_path, "")
    (tmp_path / "keys" / "kek").unlink()

    with pytest.raises(WrongKey):
        vault.open_in(tmp_path, "")


def test_a_spoilt_house_key_is_refused_and_not_replaced(tmp_path):
    key = a_key()
    Vault([key], tmp_path)
    (tmp_path / "house").write_bytes(b"spoilt")

    with pytest.raises(WrongKey):
        Vault([key], tmp_path)
    assert (tmp_path / "house").read_bytes() == b"spoilt"


@pytest.mark.parametrize("given", ["short", "密钥", ",", "a" * 200, _text(b"1" * 31)])
def test_what_is_no_key_stops_the_start_without_being_printed(tmp_path, given):
    with pytest.raises(BadKey) as refused:
        vault.open_in(tmp_path, given)
    assert len(given) < 6 or given not in str(refused.value)


def test_only_its_user_may_read_the_keys(tmp_path):
    vault.open_in(tmp_path, "")

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_many_processes_that_start_together_agree_on_one_house_key(tmp_path):
    code = (
        "import sys; from pathlib import Path; from bihuan.store import vault;"
        "print(vault.open_in(Path(sys.argv[1]), '').index('x', b'y').hex())"
    )
    root = Path(secrets.__file__).parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, cwd=root
        )
        for _ in range(4)
    ]

    answers = {one.communicate(timeout=60)[0] for one in started}

    assert len(answers) == 1
    assert answers != {b""}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    return Vault([a_key()], tmp_path_factory.mktemp("keys"))


@given(a=st.text(), b=st.text())
def test_the_house_opens_what_it_sealed_and_indexes_tell_places_apart(house, a, b):
    one, other = a.encode(), b.encode()

    assert house.house_open(house.house_seal(one, b"p"), b"p") == one
    assert (house.index("t|a", one) == house.index("t|a", other)) == (a == b)
    assert house.index("t|a", one) != house.index("t|b", one)
