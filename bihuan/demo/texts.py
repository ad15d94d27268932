"""The corpus of the demo: shops, people, letters and answers, read once from its TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Product:
    """What a shop sells; price in fen. Pairs are (short name, sentence of the customer)."""

    shop: str
    kind: str
    name: str
    short: str
    fen: int
    page: str
    part: str
    variants: tuple[str, ...]
    damage: str
    faults: tuple[tuple[str, str], ...]
    mismatches: tuple[tuple[str, str], ...]
    fakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant, its terms as shown at purchase, and what it sells."""

    name: str
    terms: str
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A letter and how it ends. `goods` and `products` say which products it fits; empty: any.

    Without `found` and `result` it takes them from a Handling of its issue.
    """

    issue: str
    subject: str
    text: str
    kind: str = "complaint"
    lang: str = "zh"
    wish: str = ""
    found: str = ""
    result: str = ""
    outcome: str = "supported"
    after: str = ""
    basis: str = ""
    goods: tuple[str, ...] = ()
    products: tuple[str, ...] = ()

    def fits(self, product: Product) -> bool:
        """Whether somebody could write this about that product."""
        if self.issue == "counterfeit" and not product.fakes:
            return False
        if self.products and product.short not in self.products:
            return False
        return not self.goods or product.kind in self.goods


@dataclass(frozen=True, slots=True)
class Handling:
    """What was found about a faulty product, and what was decided."""

    issue: str
    found: str
    result: str
    after: str
    outcome: str = "supported"
    basis: str = ""
    goods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """A member of staff of the demo; who has no capacity is left out of the rota."""

    name: str
    username: str
    role: str
    capacity: int
    department: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer of the demo: full name, how staff address them, city, language."""

    name: str
    title: str
    city: str
    lang: str = "zh"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything that was read."""

    shops: tuple[Shop, ...]
    stories: tuple[Story, ...]
    handlings: tuple[Handling, ...]
    staff: tuple[Hand, ...]
    buyers: tuple[Buyer, ...]
    places: Mapping[str, list[str]]
    words: Mapping[str, Any]

    @property
    def products(self) -> tuple[Product, ...]:
        """What all shops sell."""
        return tuple(product for shop in self.shops for product in shop.products)


@cache
def corpus() -> Corpus:
    """The corpus; KeyError or TypeError for an entry that is not as it should be."""
    files = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))
    ]
    words: dict[str, Any] = {}
    for read in files:
        lists = {"shop", "story", "handling", "staff", "customers", "places"}
        words |= {name: value for name, value in read.items() if name not in lists}
    cast = next(read for read in files if "customers" in read)
    return Corpus(
        shops=tuple(_shop(one) for read in files for one in read.get("shop", ())),
        stories=tuple(made(Story, one) for read in files for one in read.get("story", ())),
        handlings=tuple(made(Handling, one) for read in files for one in read.get("handling", ())),
        staff=tuple(
            Hand(name, username, role, capacity, group["department"])
            for group in cast["staff"]
            for name, username, role, capacity in group["people"]
        ),
        buyers=(
            *(Buyer(*one) for one in cast["customers"]["chinese"]),
            *(Buyer(name, title, city, "en") for name, title, city in cast["customers"]["english"]),
        ),
        places=cast["places"],
        words=words,
    )


def _shop(read: Mapping[str, Any]) -> Shop:
    products = tuple(
        made(Product, {"kind": read["kind"]} | one | {"shop": read["name"]})
        for one in read["product"]
    )
    return Shop(read["name"], read["terms"], products)


def made(shape: type[Any], read: Mapping[str, Any]) -> Any:
    """A frozen entry of this shape. KeyError for a key it does not have."""
    known = {field.name for field in fields(shape)}
    if unknown := set(read) - known:
        raise KeyError(f"{shape.__name__} has no {sorted(unknown)}")
    return shape(**{name: _frozen(value) for name, value in read.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
