"""The rows of a case: what was asked, what is owed by when, what was said and found."""

from bihuan.cases.models.bulk import BulkItem, BulkRun
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
from bihuan.cases.models.owed import Clock, Finding, FollowUp, Need, Telling
from bihuan.cases.models.said import Draft, Entry, File, Sealed
from bihuan.cases.models.saved import SavedView, StartView
from bihuan.cases.models.serial import SerialMark
from bihuan.cases.models.sought import SearchText

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
    "BulkItem",
    "BulkRun",
    "Case",
    "Clock",
    "Draft",
    "Entry",
    "File",
    "Finding",
    "FollowUp",
    "Held",
    "IdempotencyKey",
    "Need",
    "SavedView",
    "Sealed",
    "SearchText",
    "SerialMark",
    "StartView",
    "Telling",
]
