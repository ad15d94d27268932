"""Some customers of the demo have said who they are: three are verified, one was not, one waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from bihuan.accounts import commands, queries
from bihuan.core import personal
from bihuan.demo.cast import Cast
from bihuan.demo.texts import corpus

#: which buyer declared so many days before the end; each is checked the morning after
DECLARED = {3: 61, 7: 34, 11: 9, 14: 6, 5: 1}
REFUSED, WAITING = 14, 5
NIGHT = timedelta(hours=12)


def introduce(cast: Cast, at: datetime, until: datetime) -> None:
    """What a morning brings: a declaration, or the privacy officer's decision on yesterday's."""
    left = (until - at).days
    officer = cast.by_login["guning"]
    for place, days in DECLARED.items():
        person = cast.persons[place]
        if left == days and not queries.standing(person.id).state:
            _declare(cast, place, at)
    for one in queries.identities_waiting(officer):
        if at - one.declared_at < NIGHT or one.person.id == cast.persons[WAITING].id:
            continue
        commands.open_identity(id=one.id, reason="与用户提供的证件照片比对", by=officer, at=at)
        if one.person.id == cast.persons[REFUSED].id:
            commands.refuse_identity(id=one.id, reason="mismatch", by=officer, at=at)
        else:
            commands.verify_identity(id=one.id, way="papers", by=officer, at=at)


def _declare(cast: Cast, place: int, at: datetime) -> None:
    buyer = corpus().buyers[place]
    english = buyer.lang == "en"
    commands.declare_identity(
        document="passport" if english else "id_card",
        name=buyer.name,
        number=f"E{10_000_000 + place}" if english else _number(place),
        consent=True,
        purpose="account_handover",
        by=cast.persons[place],
        at=at,
    )


def _number(place: int) -> str:
    """A number that checks, of a district there is not: nobody has it."""
    first = f"990101198{place % 10}0{1 + place % 9}15{100 + place}"
    return next(f"{first}{x}" for x in "0123456789X" if personal.id_card_checks(f"{first}{x}"))
