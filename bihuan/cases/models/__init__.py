"""The rows of a case: what was asked, what is owed by when, what was said and found."""

from bihuan.cases.models.beside import (
    COMPOSERS,
    SCOPES,
    CaseReader,
    CaseTag,
    Macro,
    Presence,
    Snooze,
    Tag,
)
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
from bihuan.cases.models.kept import LegalHold
from bihuan.cases.models.owed import Clock, Finding, FollowUp, Need, Telling
from bihuan.cases.models.paused import Pause
from bihuan.cases.models.rekinded import KindChange
from bihuan.cases.models.routing import QueueAlarm, RoutingVersion
from bihuan.cases.models.said import TRANSCRIPT, Coming, Draft, Entry, File, Sealed
from bihuan.cases.models.saved import SavedView, StartView
from bihuan.cases.models.serial import SerialMark
from bihuan.cases.models.sought import SearchText

__all__ = [
    "CATEGORIES",
    "CHANNELS",
    "COMPOSERS",
    "ENDED",
    "KINDS",
    "NO_DUE",
    "OPEN",
    "PRIORITIES",
    "SCOPES",
    "SEVERITIES",
    "STATES",
    "TRANSCRIPT",
    "URGENT",
    "BulkItem",
    "BulkRun",
    "Case",
    "CaseReader",
    "CaseTag",
    "Clock",
    "Coming",
    "Draft",
    "Entry",
    "File",
    "Finding",
    "FollowUp",
    "Held",
    "IdempotencyKey",
    "KindChange",
    "LegalHold",
    "Macro",
    "Need",
    "Pause",
    "Presence",
    "QueueAlarm",
    "RoutingVersion",
    "SavedView",
    "Sealed",
    "SearchText",
    "SerialMark",
    "Snooze",
    "StartView",
    "Tag",
    "Telling",
]
