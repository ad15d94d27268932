"""What goes into the blanks of a letter and its answers, so that names, days and sums agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from bihuan.core.clocks import SHANGHAI
from bihuan.demo.dice import dice
from bihuan.demo.plans import Plan, buyer_of
from bihuan.demo.texts import corpus

#: Which phrases an issue is answered with; whoever asks for something gets those of a request.
GROUPS = {
    "quality": ("product_quality", "not_as_described", "counterfeit"),
    "logistics": ("delivery_delay", "delivery_damage_or_loss", "wrong_or_missing_item"),
    "after_sales": ("return_or_refund", "exchange_or_repair", "after_sales_attitude"),
    "payment": ("payment_error", "payment_failure"),
    "rules": (
        "price_or_coupon", "promotion_rules", "membership", "account_restriction",
        "review_or_content_rules", "seller_penalty",
    ),
    "system": ("system_fault", "data_error", "app_performance"),
    "other": (
        "privacy_leak", "harassment_or_malicious", "infringement", "safety_injury", "other_issue",
    ),
}  # fmt: skip
GROUP_OF = {issue: group for group, issues in GROUPS.items() for issue in issues}
#: Groups in which a shop stands on the other side.
WITH_SHOP = frozenset({"quality", "logistics", "after_sales", "request"})
_OF_SHOPS = ("{shop}", "商家", "店", "仓库", "{short}")


def group_of(plan: Plan) -> str:
    """Which phrases fit this case."""
    if plan.story.kind != "complaint":
        return "request"
    return GROUP_OF.get(plan.story.issue, "request")


def line(rng: Random, plan: Plan, name: str, key: str = "lines") -> str:
    """One of these phrases in the customer's language; none about shops where none is involved."""
    if plan.story.lang == "en" and name in corpus().words["en"]:
        english: Sequence[str] = corpus().words["en"][name]
        return rng.choice(english)
    lines: Sequence[str] = corpus().words[name][key]
    if group_of(plan) not in WITH_SHOP:
        lines = [one for one in lines if not any(word in one for word in _OF_SHOPS)] or lines
    return rng.choice(lines)


def day_words(at: datetime, lang: str = "zh") -> str:
    """The Shanghai day, as a letter names it."""
    local = at.astimezone(SHANGHAI)
    return f"{local.day} {local:%B}" if lang == "en" else f"{local.month}月{local.day}日"


def yuan(fen: int) -> str:
    """Money without needless zeros."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"


def bought_at(plan: Plan) -> datetime:
    """When the order of this case was placed: some days before the letter."""
    rng = dice(plan.index, plan.product.name, "bought")
    return plan.at - timedelta(days=rng.randrange(5, 15), minutes=rng.randrange(40, 600))


def got_at(plan: Plan) -> datetime | None:
    """When the parcel came; None for those who are still waiting."""
    if plan.story.issue in ("delivery_delay", "order_processing"):
        return None
    rng = dice(plan.index, plan.product.name, "got")
    return bought_at(plan) + timedelta(days=rng.randrange(2, 4), minutes=rng.randrange(20, 300))


def order_number(plan: Plan) -> str:
    """The number of the order, as the shop prints it."""
    rng = dice(plan.index, plan.product.name, "order")
    return f"E{bought_at(plan).astimezone(SHANGHAI):%Y%m%d}{rng.randrange(10_000, 99_999)}"


def blanks(plan: Plan, rng: Random) -> dict[str, str]:
    """Every blank that a letter or an answer about this case may have."""
    product, buyer, places = plan.product, buyer_of(plan), corpus().places
    bought = bought_at(plan)
    got = got_at(plan) or bought + timedelta(days=3)
    fault, says = rng.choice(product.faults)
    mismatch, claims = rng.choice(product.mismatches)
    found = {
        "title": buyer.title, "city": buyer.city or "外地", "shop": product.shop,
        "product": product.name, "short": product.short, "page": product.page,
        "part": product.part, "wrong_a": product.variants[0], "wrong_b": product.variants[-1],
        "damage": product.damage, "damage_short": product.damage.split("，")[0],
        "fault": fault, "says": says, "mismatch": mismatch, "claims": claims,
        "fakes": rng.choice(product.fakes) if product.fakes else "",
        "price": yuan(product.fen), "little": yuan(max(500, product.fen // 1200 * 100)),
        "fee": str(rng.randrange(6, 16)), "order": order_number(plan),
        "bought": day_words(bought, plan.story.lang), "got": day_words(got, plan.story.lang),
        "days": str(max(3, (plan.at - got).days)), "carrier": rng.choice(places["carriers"]),
        "stop": rng.choice(places["stops"]), "bank": rng.choice(places["banks"]),
        "coupon": rng.choice(places["coupons"]), "activity": rng.choice(places["activities"]),
        "day": day_words(plan.at, plan.story.lang),
    }  # fmt: skip
    found["wish"] = plan.story.wish.format_map(found)
    ended = plan.handling or plan.story
    found["found"] = ended.found.format_map(found)
    found["result"] = ended.result.format_map(found)
    found["after"] = ended.after
    return found
