"""N35: a message is believed only with a signature of now, over exactly its bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.core import signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
THEN = datetime.fromtimestamp(int(STAMP), UTC)
KEY = signed.key_of(SECRET)


def fault(**changes: object) -> str:
    given = {"id": ID, "timestamp": STAMP, "signatures": SIGNED, "body": BODY, "at": THEN}
    keys = changes.pop("keys", [KEY])
    return signed.fault(keys, **given | changes)  # type: ignore[arg-type]


def test_n35_the_vector_of_the_standard_is_signed_as_it_says():
    assert signed.signature(KEY, ID, STAMP, BODY) == SIGNED
    assert fault() == ""


def test_n35_one_byte_changed_anywhere_is_refused():
    assert [n for n in range(len(BODY)) if not fault(body=BODY[:n] + b"~" + BODY[n + 1 :])] == []
    assert fault(id=ID + "x") == "wrong"
    assert fault(timestamp=str(int(STAMP) + 1)) == "wrong"


@pytest.mark.parametrize(
    ("signatures", "why"),
    [
        ("", "wrong"),
        ("v1,", "wrong"),
        (SIGNED.removeprefix("v1,"), "wrong"),
        (SIGNED.replace("v1", "v2"), "wrong"),
        ("v1,é", "wrong"),
        (f"v1,AAAA {SIGNED}", ""),
    ],
)
def test_n35_of_several_signatures_one_good_one_of_our_version_is_enough(signatures: str, why: str):
    assert fault(signatures=signatures) == why


@pytest.mark.parametrize(
    ("apart", "why"), [(300, ""), (301, "too_old"), (-300, ""), (-301, "too_new")]
)
def test_n35_five_minutes_either_way(apart: int, why: str):
    assert fault(at=THEN + timedelta(seconds=apart)) == why


@pytest.mark.parametrize(
    "stamp", ["", "now", "-5", "1614265330.5", "１６１４２６５３３０", "9" * 12]
)
def test_n35_a_time_that_is_none_is_refused(stamp: str):
    assert fault(timestamp=stamp) == "no_time"


def test_n35_during_a_rotation_both_secrets_hold_and_a_third_does_not():
    new = signed.key_of("whsec_" + "QmlodWFuLXRlbGVwaG9uZS1ldmVudHMtMDE=")

    assert fault(keys=[new, KEY]) == ""
    assert fault(keys=[new]) == "wrong"
    assert fault(keys=[]) == "wrong"


@pytest.mark.parametrize(
    "secret", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_abc", "whsec_é="]
)
def test_a_secret_that_is_none_stops_the_start(secret: str):
    with pytest.raises(ValueError):
        signed.key_of(secret)
