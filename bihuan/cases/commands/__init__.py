"""The only way to change a case: file it, and every step of the table (HOUSE §6b)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from bihuan.accounts.commands import Contact
from bihuan.cases import fields
from bihuan.cases.commands.access import CLAUSE as ACCESS_CLAUSE
from bihuan.cases.commands.access import add_reader, remove_reader, restrict, unrestrict
from bihuan.cases.commands.arriving import (
    append_part,
    begin_file,
    end_file,
    forget_coming,
    material_draft,
)
from bihuan.cases.commands.bulk import (
    BULK,
    FILLABLE,
    FILLED,
    GIVEN_BACK_FOR,
    OWN,
    TEXTS,
    TOGETHER,
    give_back_bulk,
    may_be_given_back,
    order_bulk,
    take_back_bulk,
)
from bihuan.cases.commands.bulk_taking import (
    Order,
    end_bulk,
    fail_bulk_item,
    forget_bulk,
    start_bulk,
    stop_bulk,
    take_bulk_item,
)
from bihuan.cases.commands.classifying import approve_kind, classify, keep_kind
from bihuan.cases.commands.climbing import climb
from bihuan.cases.commands.complaining import complain
from bihuan.cases.commands.ending import (
    archive,
    confirm,
    dispute,
    hear_result,
    merge,
    remind,
    reopen,
    silence,
    unmerge,
    withdraw,
)
from bihuan.cases.commands.escalating import escalate
from bihuan.cases.commands.filing import Filed, Filing
from bihuan.cases.commands.following import (
    chase,
    chase_higher,
    finish_follow_up,
    undo_follow_up,
)
from bihuan.cases.commands.handing import alarm_unrouted, be_absent, hand_over_all, rebalance
from bihuan.cases.commands.handling import (
    accept,
    answer,
    confirm_problem,
    decline,
    find,
    notify,
    plan,
    propose,
    repair,
    resolve,
    review,
    tell,
)
from bihuan.cases.commands.holding import (
    HOLDABLE,
    drop_held,
    forget_held,
    hold,
    release,
    settle,
    take_back,
    take_or_hold,
)
from bihuan.cases.commands.identity import ask_identity, waive_identity
from bihuan.cases.commands.indexing import index_words
from bihuan.cases.commands.intake import Asked, file, file_asked, file_once
from bihuan.cases.commands.intake_together import file_all
from bihuan.cases.commands.judging import judge
from bihuan.cases.commands.keeping import LIFTS, PLACES, lift_hold, place_hold
from bihuan.cases.commands.macros import BODY_MOST, delete_macro, save_macro
from bihuan.cases.commands.material import (
    DRAFT_DAYS,
    Fault,
    add_evidence,
    add_file,
    add_files,
    add_material,
    bring,
    drop_draft,
    forget_drafts,
    give_up,
    join_draft,
    receive,
    remove_file,
    save_draft,
)
from bihuan.cases.commands.needing import close, meet, need
from bihuan.cases.commands.ordering import (
    ask_refund,
    check_refund,
    link_order,
    may_refund,
    want_order,
)
from bihuan.cases.commands.overturning import Said, keep_said, overturn
from bihuan.cases.commands.pausing import approve_pause, end_pauses, pause, resume
from bihuan.cases.commands.presence import be_here, forget_presence, leave
from bihuan.cases.commands.rating import rate
from bihuan.cases.commands.recounting import recount, recount_now
from bihuan.cases.commands.retracting import retract
from bihuan.cases.commands.revealing import open_file, reveal_words
from bihuan.cases.commands.rising import rise
from bihuan.cases.commands.routing import (
    drop_routing_draft,
    move_rule,
    publish_routing,
    remove_rule,
    restore_routing,
    save_rule,
)
from bihuan.cases.commands.saving import (
    NAME,
    change_view,
    delete_view,
    move_view,
    save_view,
    start_with,
)
from bihuan.cases.commands.serial import mark_serial
from bihuan.cases.commands.snoozing import forget_snoozes, snooze, wake
from bihuan.cases.commands.sorting import (
    approve_severity,
    assign,
    keep_severity,
    message,
    note,
    set_priority,
    set_severity,
    set_tier,
)
from bihuan.cases.commands.splitting import follow, split
from bihuan.cases.commands.steps import begin
from bihuan.cases.commands.steps import works_on as may_work
from bihuan.cases.commands.tagging import tag
from bihuan.cases.commands.telling import keep_telling, tell_progress
from bihuan.cases.commands.transcripts import (
    Line,
    adopt_files,
    heard_at,
    keep_conversation,
    transcribed,
)
from bihuan.cases.commands.urging import urge
from bihuan.cases.models import Case
from bihuan.core.actors import Actor
from bihuan.core.refusals import Invalid, NotFound

STEPS: dict[str, Callable[..., Case]] = {
    command.__name__: command
    for command in (
        accept, add_material, answer, approve_kind, approve_pause, approve_severity, archive,
        ask_identity, assign, classify, close, complain, confirm, confirm_problem, decline,
        dispute, escalate, find, keep_kind, keep_severity, merge, message, note, notify, overturn,
        pause, plan, propose, rate, reopen, repair, resolve, resume, retract, review, set_priority,
        set_severity, set_tier, silence, split, tag, tell, unmerge, waive_identity, withdraw,
    )
}  # fmt: skip


def take(
    action: str,
    *,
    number: str,
    raw: Mapping[str, Any],
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """Check a step's fields and take it; NotFound for an action that is not in the table.

    A case that is not there, or a step that is not possible, is said before its faulty fields.
    """
    if action not in STEPS:
        raise NotFound(action=action)
    try:
        values = fields.clean(action, raw)
    except Invalid:
        with transaction.atomic():
            begin(number, action, by, expected_version)
        raise
    return STEPS[action](number=number, expected_version=expected_version, by=by, at=at, **values)


@transaction.atomic
def take_all(
    steps: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    number: str,
    expected_version: int | None = None,
    by: Actor,
    at: datetime,
) -> Case:
    """Several steps with one form, at least one: all are taken, or none (HOUSE §6b).

    What this actor still holds on the case goes out before them: they have gone on.
    """
    seen = settle(
        number=number, before=[action for action, _ in steps], take=take,
        expected_version=expected_version, by=by, at=at,
    )  # fmt: skip
    (first, raw), *others = steps
    case = take(first, number=number, raw=raw, expected_version=seen, by=by, at=at)
    for action, given in others:
        case = take(action, number=number, raw=given, by=by, at=at)
    return case


__all__ = [
    "ACCESS_CLAUSE",
    "BODY_MOST",
    "BULK",
    "DRAFT_DAYS",
    "FILLABLE",
    "FILLED",
    "GIVEN_BACK_FOR",
    "HOLDABLE",
    "LIFTS",
    "NAME",
    "OWN",
    "PLACES",
    "STEPS",
    "TEXTS",
    "TOGETHER",
    "Asked",
    "Contact",
    "Fault",
    "Filed",
    "Filing",
    "Line",
    "Order",
    "Said",
    "accept",
    "add_evidence",
    "add_file",
    "add_files",
    "add_material",
    "add_reader",
    "adopt_files",
    "alarm_unrouted",
    "answer",
    "append_part",
    "approve_kind",
    "approve_pause",
    "approve_severity",
    "archive",
    "ask_identity",
    "ask_refund",
    "assign",
    "be_absent",
    "be_here",
    "begin_file",
    "bring",
    "change_view",
    "chase",
    "chase_higher",
    "check_refund",
    "classify",
    "climb",
    "close",
    "complain",
    "confirm",
    "confirm_problem",
    "decline",
    "delete_macro",
    "delete_view",
    "dispute",
    "drop_draft",
    "drop_held",
    "drop_routing_draft",
    "end_bulk",
    "end_file",
    "end_pauses",
    "escalate",
    "fail_bulk_item",
    "file",
    "file_all",
    "file_asked",
    "file_once",
    "find",
    "finish_follow_up",
    "follow",
    "forget_bulk",
    "forget_coming",
    "forget_drafts",
    "forget_held",
    "forget_presence",
    "forget_snoozes",
    "give_back_bulk",
    "give_up",
    "hand_over_all",
    "hear_result",
    "heard_at",
    "hold",
    "index_words",
    "join_draft",
    "judge",
    "keep_conversation",
    "keep_kind",
    "keep_said",
    "keep_severity",
    "keep_telling",
    "leave",
    "lift_hold",
    "link_order",
    "mark_serial",
    "material_draft",
    "may_be_given_back",
    "may_refund",
    "may_work",
    "meet",
    "merge",
    "message",
    "move_rule",
    "move_view",
    "need",
    "note",
    "notify",
    "open_file",
    "order_bulk",
    "overturn",
    "pause",
    "place_hold",
    "plan",
    "propose",
    "publish_routing",
    "rate",
    "rebalance",
    "receive",
    "recount",
    "recount_now",
    "release",
    "remind",
    "remove_file",
    "remove_reader",
    "remove_rule",
    "reopen",
    "repair",
    "resolve",
    "restore_routing",
    "restrict",
    "resume",
    "retract",
    "reveal_words",
    "review",
    "rise",
    "save_draft",
    "save_macro",
    "save_rule",
    "save_view",
    "set_priority",
    "set_severity",
    "set_tier",
    "silence",
    "snooze",
    "split",
    "start_bulk",
    "start_with",
    "stop_bulk",
    "tag",
    "take",
    "take_all",
    "take_back",
    "take_back_bulk",
    "take_bulk_item",
    "take_or_hold",
    "tell",
    "tell_progress",
    "transcribed",
    "undo_follow_up",
    "unmerge",
    "unrestrict",
    "urge",
    "waive_identity",
    "wake",
    "want_order",
    "withdraw",
]
