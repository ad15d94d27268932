"""Which cases the demo tells: how many of which issue, by whom, when, and how each of them ends."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from bihuan.core.clocks import SHANGHAI
from bihuan.demo.dice import dice
from bihuan.demo.texts import FOLDER, Buyer, Handling, Product, Story, corpus, made

DAYS = 90
#: Of 600: 68/22/8/2 by category (2.1.2), and 42/28/15/15 by group among those that have one (6.1).
SHARES = {
    "product_quality": 80, "not_as_described": 52, "counterfeit": 36,
    "payment_error": 90, "payment_failure": 22,
    "delivery_delay": 26, "delivery_damage_or_loss": 20, "wrong_or_missing_item": 14,
    "return_or_refund": 28, "exchange_or_repair": 18, "after_sales_attitude": 14,
    "order_processing": 20, "invoice": 10,
    "price_or_coupon": 38, "promotion_rules": 30, "membership": 28,
    "account_restriction": 14, "review_or_content_rules": 12, "seller_penalty": 10,
    "system_fault": 11, "data_error": 7, "app_performance": 8,
    "privacy_leak": 4, "harassment_or_malicious": 3, "infringement": 2,
    "safety_injury": 1, "other_issue": 2,
}  # fmt: skip
CHANNELS = {
    "app": 34, "web": 22, "chat": 14, "phone": 11, "wechat": 7, "email": 6, "after_sales": 4,
    "counter": 2,
}  # fmt: skip
ENDINGS = {
    "confirmed": 60, "silent": 20, "disputed": 8, "reopened": 2, "withdrawn": 4, "declined": 2,
    "merged": 2,
}  # fmt: skip
SOMETIME = datetime.min.replace(tzinfo=UTC)  # until it has its place among the days
LATE_SHARE = 0.12
#: How lively each hour of a Shanghai day is.
HOURS = (2, 1, 1, 1, 1, 1, 2, 4, 7, 10, 13, 12, 9, 9, 11, 12, 11, 9, 8, 9, 12, 13, 9, 5)
CALM = timedelta(days=4)  # before these last days everything has run its course
FEEDBACK, LATELY = ("suggestion", "praise"), timedelta(days=30)
#: Cases that are open now: hours since receipt, the last step taken, who holds them.
DESK = (
    (75.3, "told", "linyue"), (71.4, "told", "linyue"), (1.6, "filed", "linyue"),
    (27.2, "accepted", ""), (23.4, "accepted", ""), (69.4, "told", "linyue"), (0.3, "filed", ""),
    (5.5, "proposed", "linyue"), (97.0, "found", ""), (58.0, "resolved", ""),
    (28.5, "reviewed", "linyue"), (0.9, "filed", ""), (44.0, "found", "linyue"),
    (52.0, "told", ""), (23.3, "filed", "linyue"), (3.2, "answered", ""), (68.7, "told", ""),
    (21.2, "accepted", ""), (12.0, "proposed", ""), (73.6, "told", ""), (33.0, "proposed", ""),
    (2.2, "accepted", "linyue"), (40.0, "reviewed", ""), (71.2, "found", ""), (7.5, "answered", ""),
    (18.5, "proposed", ""), (49.0, "found", ""), (25.4, "accepted", "linyue"),
    (14.0, "reviewed", ""), (62.0, "told", ""), (30.0, "reviewed", ""), (9.0, "proposed", ""),
    (20.3, "accepted", ""), (37.0, "found", ""), (1.2, "accepted", ""), (55.0, "told", ""),
    (26.0, "reviewed", ""), (47.0, "told", ""), (66.0, "told", ""), (4.4, "answered", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """One case before it is filed. `buyer` counts customers, then the shops' own people.

    `stop` names the last step of a case that is still open; `late` says what comes too late.
    """

    index: int
    story: Story
    buyer: int
    product: Product
    channel: str
    at: datetime
    ending: str
    late: str = ""
    stop: str = ""
    owner: str = ""
    handling: Handling | None = None
    lead: str = ""
    lift: str = ""
    also: tuple[tuple[str, str], ...] = ()
    unsorted: bool = False
    twin: int | None = None
    slots: dict[str, str] = field(default_factory=dict)


def plans(*, seed: int, cases: int, at: datetime) -> list[Plan]:
    """All plans in the order they are filed; the same for the same arguments.

    A few cases are told by name whenever there is room for them; the rest is drawn.
    """
    rng = dice(seed, "plans")
    told = [_special(n, one, at) for n, one in enumerate(_specials()[: max(cases // 3, 1)])]
    drawn = cases - len(told)
    desk = DESK[: min(len(DESK), drawn // 3)]
    stories = list(_stories(rng, drawn))
    rest = [_draw(rng, len(told) + n, story) for n, story in enumerate(stories)]
    now = _for_the_desk(rest, len(desk))
    open_ones = [
        replace(
            plan, at=at - timedelta(hours=hours), ending="stopped", stop=stop, owner=owner, late="",
            channel="app" if plan.channel == "after_sales" else plan.channel,
        )
        for plan, (hours, stop, owner) in zip(now, desk, strict=True)
    ]  # fmt: skip
    taken = {plan.index for plan in open_ones}
    moments = _moments(rng, drawn - len(desk), at)
    past = [
        _under_way(replace(plan, at=moment), at)
        for plan, moment in zip((p for p in rest if p.index not in taken), moments, strict=True)
    ]
    return sorted(_with_twins(rng, [*told, *past, *open_ones]), key=lambda p: (p.at, p.index))


def _under_way(plan: Plan, at: datetime) -> Plan:
    """What was suggested lately is planned, and its day may be over already."""
    if plan.story.kind not in FEEDBACK or plan.at < at - LATELY:
        return plan
    return replace(plan, ending="stopped", stop="proposed")


@cache
def _specials() -> list[dict[str, Any]]:
    with (FOLDER / "specials.toml").open("rb") as file:
        return list(tomllib.load(file)["special"])


def _special(index: int, given: dict[str, Any], at: datetime) -> Plan:
    product = next(p for p in corpus().products if p.short == given["product"])
    return Plan(
        index=index,
        story=made(Story, given["story"]),
        buyer=given["buyer"],
        product=product,
        channel=given["channel"],
        at=at - timedelta(hours=given["hours"]),
        ending=given["ending"],
        stop=given.get("stop", ""),
        owner=given.get("owner", ""),
        lead=given.get("lead", ""),
        lift=given.get("raise", ""),
        also=tuple((unit, text) for unit, text in given.get("also", ())),
        unsorted=given.get("unsorted", False),
    )


def quotas(cases: int) -> dict[str, int]:
    """How many of each issue: the shares scaled, the largest remainders rounded up."""
    whole = sum(SHARES.values())
    exact = {issue: share * cases / whole for issue, share in SHARES.items()}
    found = {issue: int(share) for issue, share in exact.items()}
    by_rest = sorted(exact, key=lambda issue: (found[issue] - exact[issue], issue))
    for issue in by_rest[: cases - sum(found.values())]:
        found[issue] += 1
    return found


def _stories(rng: Random, cases: int) -> Iterator[Story]:
    """A letter for every case: each issue's letters in turn, before one comes again."""
    chosen: list[Story] = []
    for issue, count in quotas(cases).items():
        letters = [s for s in corpus().stories if s.issue == issue]
        chinese = _rounds(rng, [s for s in letters if s.lang == "zh"], count)
        english = _rounds(rng, [s for s in letters if s.lang == "en"], min(2, count // 8))
        chosen += [*english, *chinese][:count]
    rng.shuffle(chosen)
    yield from chosen


def _rounds(rng: Random, letters: list[Story], count: int) -> list[Story]:
    dealt: list[Story] = []
    while letters and len(dealt) < count:
        dealt += rng.sample(letters, len(letters))
    return dealt[:count]


def _draw(rng: Random, index: int, story: Story) -> Plan:
    products = [p for p in corpus().products if story.fits(p)]
    product = rng.choice(products)
    shops = [shop.name for shop in corpus().shops]
    buyers = corpus().buyers
    same = [n for n, b in enumerate(buyers) if n and b.lang == story.lang]
    buyer = rng.choice(same)
    if story.issue == "seller_penalty":
        buyer = len(buyers) + shops.index(product.shop)
    handlings = [
        h
        for h in corpus().handlings
        if h.issue == story.issue and (not h.goods or product.kind in h.goods)
    ]
    feedback = story.kind in FEEDBACK
    return Plan(
        index=index,
        story=story,
        buyer=buyer,
        product=product,
        channel=_weighted(rng, CHANNELS),
        at=SOMETIME,
        ending="silent" if feedback else _weighted(rng, ENDINGS),
        late=_late(rng, story),
        handling=rng.choice(handlings) if handlings and not story.found else None,
    )


def _late(rng: Random, story: Story) -> str:
    if story.kind != "complaint" or rng.random() > LATE_SHARE:
        return ""
    return rng.choice(["response", "handling", "handling", "handling"])


def _weighted(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def _for_the_desk(drawn: list[Plan], count: int) -> list[Plan]:
    """Complaints of every department; those of the customer service stand where it has an owner."""
    complaints = [p for p in drawn if p.story.kind == "complaint" and p.story.lang == "zh"]
    issues = {"privacy_leak", "safety_injury", "system_fault"}
    served = [p for p in complaints if SERVICE.get(p.story.issue)]
    others = [
        p for p in complaints if not SERVICE.get(p.story.issue) and p.story.issue not in issues
    ]
    chosen: list[Plan] = []
    for place, (_, _, owner) in enumerate(DESK[:count]):
        from_others = others and not owner and place % 3 == 0
        chosen.append((others if from_others else served).pop())
    return chosen


#: Issues that the customer service answers (2.2.2, service quality).
SERVICE = dict.fromkeys(list(SHARES)[:4] + list(SHARES)[5:13], True)


def _moments(rng: Random, count: int, at: datetime) -> list[datetime]:
    """Moments of the ninety days up to the calm ones, denser by day than by night."""
    first = (at - timedelta(days=DAYS)).astimezone(SHANGHAI)
    span = timedelta(days=DAYS) - CALM
    found = []
    for _ in range(count):
        day = first + span * rng.random()
        hour = rng.choices(range(24), weights=HOURS)[0]
        moment = day.replace(
            hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0
        )
        found.append(min(max(moment, first), at - CALM).astimezone(at.tzinfo))
    return found


def _with_twins(rng: Random, all_: list[Plan]) -> list[Plan]:
    """Who is to be merged writes a second time, some hours later, about the same thing."""
    found = list(all_)
    for plan in all_:
        if plan.ending != "merged":
            continue
        first = replace(plan, ending="confirmed")
        found[found.index(plan)] = first
        donor = next(
            (p for p in found if p.ending == "silent" and p.story.kind == "complaint"), None
        )
        if donor is None:
            continue
        again = replace(
            plan.story,
            subject=f"再次提交：{plan.story.subject}",
            text=f"昨晚提交过，没有看到编号，怕没收到，再写一遍。{plan.story.text}",
        )
        found[found.index(donor)] = replace(
            plan, index=donor.index, story=again, twin=plan.index,
            at=plan.at + timedelta(minutes=rng.randrange(40, 240)),
        )  # fmt: skip
    return found


def buyer_of(plan: Plan) -> Buyer:
    """Who writes: a customer, or the person of contact of a shop."""
    buyers = corpus().buyers
    if plan.buyer < len(buyers):
        return buyers[plan.buyer]
    shop = corpus().shops[plan.buyer - len(buyers)]
    return Buyer(shop.name, f"{shop.name}负责人", "")
