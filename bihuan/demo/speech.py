"""What staff say at each step of a round, in the language of the customer."""

from __future__ import annotations

from random import Random

from bihuan.demo.plans import Plan
from bihuan.demo.slots import group_of, line
from bihuan.demo.texts import corpus

#: Issues in which a shop has to answer.
_SHOPS = frozenset(
    {
        "product_quality", "not_as_described", "counterfeit", "delivery_delay", "invoice",
        "delivery_damage_or_loss", "wrong_or_missing_item", "return_or_refund",
        "exchange_or_repair", "after_sales_attitude", "order_processing",
    }
)  # fmt: skip


def outcome_of(plan: Plan) -> str:
    """How it is decided."""
    if plan.story.kind != "complaint":
        return "answered"
    return plan.handling.outcome if plan.handling else plan.story.outcome


def basis_of(plan: Plan) -> str:
    """The law or clause the decision rests on."""
    basis = plan.handling.basis if plan.handling else plan.story.basis
    return basis or ("手册 6.4" if plan.story.kind != "complaint" else "手册 2.2.3")


def spoken(plan: Plan, rng: Random, *, again: bool) -> dict[str, str]:
    """The texts of this round in the language of the customer."""
    if plan.story.lang == "en":
        return _english(rng, again=again)
    group = group_of(plan)
    side = "request" if group == "request" else "case" if plan.story.issue in _SHOPS else "rules"
    if plan.story.kind == "complaint" and side == "request":
        side = "case"
    asked = plan.story.kind != "complaint"
    every = corpus().words
    found, result = "{found}", "{result}"
    if again:
        found, result = rng.choice(every["again"]["found"]), rng.choice(every["again"]["result"])
    return {
        "problem": "您反映的是：{subject}。如理解有误，请直接回复更正。",
        "plan": "{result}",
        "answer": rng.choice(every["answer"][group]),
        "solution": rng.choice(every["solution"][side]),
        "found": found,
        "measure": "按“{wish}”的方向办理；{after}。",
        "told": line(rng, plan, "told").replace("{found}", found),
        "reason": "{result}" if asked else f"{found}。{result}",
        "progress": line(rng, plan, "progress", "request" if asked else "lines"),
        "result": result,
    }


def _english(rng: Random, *, again: bool) -> dict[str, str]:
    english = corpus().words["en"]
    found, result = "{found}", "{result}"
    if again:
        every = corpus().words["again"]
        found, result = rng.choice(every["en_found"]), rng.choice(every["en_result"])
    return {
        "problem": "Your problem as we understand it: {subject}.", "plan": "{result}",
        "answer": rng.choice(english["answer"]), "solution": rng.choice(english["solution"]),
        "found": found, "measure": "“{wish}”; {after}.",
        "told": rng.choice(english["told"]).replace("{found}", found),
        "reason": f"{found}. {result}", "progress": rng.choice(english["progress"]),
        "result": result,
    }  # fmt: skip
