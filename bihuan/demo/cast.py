"""The people of the demo: staff with their departments, shops, customers and their orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bihuan.accounts import commands as accounts
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.ports import OrderFacts, OrderItem, ParcelEvent
from bihuan.demo.dice import dice
from bihuan.demo.plans import Plan
from bihuan.demo.slots import bought_at, day_words, got_at, order_number
from bihuan.demo.texts import Hand, corpus
from bihuan.notify import commands as notify
from bihuan.notify import queries as notices
from bihuan.notify.commands import Quiet, Wished
from bihuan.orders import commands as orders

ADDRESSES = "customer{:02}@example.com"
BY_TEXT = frozenset({4, 11, 23})  # text first, then mail, and neither at night
NIGHT = Quiet(22 * 60, 8 * 60)
TOLD_BY_MAIL = frozenset({0, 37})  # the others read their messages in the app


@dataclass(frozen=True, slots=True)
class Key:
    """A sign-in of the demo: `name` signs in with this user name, or this phone."""

    role: str
    name: str
    login: str
    staff: bool = True


KEYS = (
    Key("customer", "爱丽", "13800000001", staff=False),
    Key("merchant", "悦居家电", "13800000101", staff=False),
    Key("agent", "林悦", "linyue"),
    Key("supervisor", "陈主管", "chenzhuguan"),
    Key("legal", "何清", "heqing"),
    Key("privacy_officer", "顾宁", "guning"),
    Key("mediator", "宋平", "songping"),
    Key("assessor", "文静", "wenjing"),
    Key("administrator", "安然", "anran"),
)


@dataclass(slots=True)
class Cast:
    """Who acts: staff by id and by user name, persons by the plan's buyer, shops by name.

    `orders` are those of the cases, by number, as the shop has them.
    """

    staff: dict[int, Actor] = field(default_factory=dict)
    by_login: dict[str, Actor] = field(default_factory=dict)
    persons: list[Actor] = field(default_factory=list)
    shops: dict[str, int] = field(default_factory=dict)
    orders: dict[str, OrderFacts] = field(default_factory=dict)

    def supervisors(self, department: str) -> list[Actor]:
        """Those of this department."""
        return [
            actor
            for actor in self.staff.values()
            if actor.department == department and Role.SUPERVISOR in actor.roles
        ]


def password(seed: int) -> str:
    """The one password of the demo's staff on this machine."""
    rng = dice(seed, "password")
    letters = "abcdefghijkmnpqrstuvwxyz"
    parts = ("".join(rng.choices(letters, k=4)) for _ in range(3))
    return f"{'-'.join(parts)}-{rng.randrange(10, 99)}"


def assemble(*, seed: int, at: datetime) -> Cast:
    """Everybody, as of `at`, before the first case."""
    cast = Cast()
    links = [_hire(cast, hand, at) for hand in corpus().staff]
    accounts.set_first_passwords(tokens=filter(None, links), password=password(seed), at=at)
    for place, buyer in enumerate(corpus().buyers):
        cast.persons.append(_customer(place, buyer.name, buyer.lang, at))
    for place, shop in enumerate(corpus().shops):
        contact = accounts.Contact(name=shop.name, phone=f"13800000{101 + place}")
        person_id = accounts.register_person(contact=contact, at=at)
        cast.persons.append(Actor(person_id, frozenset({Role.CUSTOMER})))
        made = accounts.create_merchant(
            name=shop.name, contact_person_id=person_id, by=SYSTEM, at=at
        )
        cast.shops[shop.name] = made.id
    return cast


def _hire(cast: Cast, hand: Hand, at: datetime) -> str:
    """Take somebody in; the start link of those who may sign in, else nothing."""
    row = accounts.create_staff(
        name=hand.name,
        roles=[hand.role],
        department=hand.department,
        username=hand.username,
        # who answers for a department is told by mail too; the others read at the desk
        email=f"{hand.username}@example.com" if hand.role == Role.SUPERVISOR else "",
        capacity=max(hand.capacity, 1),
        by=SYSTEM,
        at=at,
    )
    if not hand.capacity:
        accounts.set_on_duty(staff_id=row.id, on_duty=False, by=SYSTEM, at=at)
    actor = Actor(row.id, frozenset({Role(hand.role)}), hand.department, hand.name)
    cast.staff[row.id] = cast.by_login[hand.username] = actor
    keyed = any(key.login == hand.username for key in KEYS)
    return accounts.start_link(staff=row, at=at) if keyed else ""


def _customer(place: int, name: str, lang: str, at: datetime) -> Actor:
    contact = accounts.Contact(
        name=name,
        phone=f"138{place + 1:08}",
        email=ADDRESSES.format(place + 1),
        account=account_of(place),
    )
    person_id = accounts.register_person(contact=contact, at=at)
    person = Actor(person_id, frozenset({Role.CUSTOMER}))
    accounts.set_preferences(
        person_id=person_id,
        locale="en" if lang == "en" else "zh-hans",
        tell_by="email" if place in TOLD_BY_MAIL else "inbox",
        by=person,
        at=at,
    )
    if place in BY_TEXT:
        first, *then = notices.ways_to(person_id=person_id)[::-1]  # text before mail, if there
        wished = Wished(first, tuple(then), app_only=("progress",), quiet=NIGHT)
        notify.set_wishes(person_id=person_id, wished=wished, by=person, at=at)
    return person


def account_of(place: int) -> str:
    """The account of a customer on the platform."""
    return f"U{100_001 + place}"


def order_of(plan: Plan, cast: Cast, blanks: Mapping[str, str]) -> int:
    """The order behind a case, copied with page, price and terms as shown at purchase."""
    product, placed, got = plan.product, bought_at(plan), got_at(plan)
    shop = next(shop for shop in corpus().shops if shop.name == product.shop)
    rng = dice(plan.index, "payment")
    sent = placed + timedelta(hours=rng.randrange(5, 40))
    parcel = [
        ParcelEvent(placed, "paid", "付款成功"),
        ParcelEvent(sent, "sent", f"{blanks['carrier']}已揽收"),
    ]
    if got:
        parcel.append(ParcelEvent(got, "received", "已签收"))
    facts = OrderFacts(
        number=order_number(plan),
        account=account_of(plan.buyer),
        shop=product.shop,
        items=(OrderItem(f"{product.name} {product.variants[0]}", 1, product.fen),),
        paid_fen=product.fen,
        refunded_fen=0,
        payment=rng.choice(corpus().places["payments"]),
        payment_state="paid",
        placed_at=placed,
        received_at=got,
        parcel=tuple(parcel),
        page=f"{product.page}\n页面存档于 {day_words(placed)}",
        terms=shop.terms,
    )
    cast.orders[facts.number] = facts
    return orders.keep_copy(person_id=cast.persons[plan.buyer].id, facts=facts, at=placed).id
