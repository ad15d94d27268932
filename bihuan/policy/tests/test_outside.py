"""Parties, handling steps and the clocks of the law fit the handbook; older versions have none."""

from __future__ import annotations

import pytest

from bihuan.policy.faults import PolicyFault
from bihuan.policy.loader import CURRENT, files, read

TEXTS = files(CURRENT)
NEW = ("parties.toml", "handling.toml", "legal_clocks.toml")


def test_a_version_without_them_is_read_as_it_is() -> None:
    book = read({name: text for name, text in TEXTS.items() if name not in NEW})

    assert not any((book.party_kinds, book.parties, book.handling, book.legal_clocks))


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("parties.toml", 'kind = "courier"', 'kind = "pigeon"', "no kind 'pigeon'"),
        ("parties.toml", "workdays = 3", "workdays = 0", "1 to 366"),
        ("parties.toml", 'clause   = "6.1"', 'clause   = "9.9"', "no clause"),
        ("handling.toml", 'group     = "payment"', 'group     = "money"', "no group 'money'"),
        ("handling.toml", 'asks      = "payment"', 'asks      = "bank"', "no kind 'bank'"),
        ("legal_clocks.toml", '"payment_error"', '"payment_horror"', "no issue 'payment_horror'"),
        ("legal_clocks.toml", "days       = 7", "days       = 0", "1 to 366 days"),
        ("legal_clocks.toml", 'shape      = "window"', 'shape      = "at_once"', "has none"),
        ("legal_clocks.toml", 'confidence = "A"', 'confidence = "D"', "none of A, B, C"),
    ],
)
def test_what_points_at_nothing_is_refused(file: str, old: str, new: str, why: str) -> None:
    assert old in TEXTS[file]

    with pytest.raises(PolicyFault) as fault:
        read(TEXTS | {file: TEXTS[file].replace(old, new, 1)})

    assert fault.value.file == file
    assert why in fault.value.why


def test_l_17_only_identified_law_is_cited_and_every_default_says_that_it_is_one() -> None:
    book = read(TEXTS)

    laws = {clock.law for clock in book.legal_clocks.values()}
    assert laws == {"消费者权益保护法", "快递暂行条例", "电子商务法"}
    assert all(clock.article for clock in book.legal_clocks.values())
    sense = {id for id, clock in book.legal_clocks.items() if not clock.quote}
    assert {
        (book.legal_clocks[id].confidence, bool(book.legal_clocks[id].note)) for id in sense
    } == {("B", True)}
    assert all(kind.default_not_handbook for kind in book.party_kinds.values())
    assert all(step.default_not_handbook for step in book.handling.values())
