"""The rows of a case: what was asked, what is owed by when, what was said and found."""

from bihuan.cases.models.case import (
    CATEGORIES,
    CHANNELS,
    ENDED,
    KINDS,
    NO_DUE,
    OPEN,
    PRIORITIES,
    SEVERITIES,
    STATES,
    URGENT,
    Case,
    IdempotencyKey,
)
from bihuan.cases.models.held import Held
from bihuan.cases.models.owed import Clock, Finding, FollowUp
from bihuan.cases.models.routing import QueueAlarm, RoutingVersion
from bihuan.cases.models.said import Draft, Entry, File, Sealed

__all__ = [
    "CATEGORIES",
    "CHANNELS",
    "ENDED",
    "KINDS",
    "NO_DUE",
    "OPEN",
    "PRIORITIES",
    "SEVERITIES",
    "STATES",
    "URGENT",
    "Case",
    "Clock",
    "Draft",
    "Entry",
    "File",
    "Finding",
    "FollowUp",
    "Held",
    "IdempotencyKey",
    "QueueAlarm",
    "RoutingVersion",
    "Sealed",
]
