"""The rows of what a complaint asks of the house itself."""

from bihuan.complaints.models.appeals import Appeal
from bihuan.complaints.models.exports import Export
from bihuan.complaints.models.flow import Arrived, Counted, Told
from bihuan.complaints.models.incidents import (
    Incident,
    IncidentCase,
    IncidentMessage,
    IncidentNote,
    IncidentTold,
)
from bihuan.complaints.models.inquiries import CaseParty, HandlingMark, Inquiry
from bihuan.complaints.models.loop import LoopCheck, LoopGap
from bihuan.complaints.models.measures import Rectification
from bihuan.complaints.models.ontime import Judged, OnTime, Unreckoned
from bihuan.complaints.models.records import Accountability
from bihuan.complaints.models.reports import ReportText, SpecialReport
from bihuan.complaints.models.sharing import SubTask

__all__ = [
    "Accountability",
    "Appeal",
    "Arrived",
    "CaseParty",
    "Counted",
    "Export",
    "HandlingMark",
    "Incident",
    "IncidentCase",
    "IncidentMessage",
    "IncidentNote",
    "IncidentTold",
    "Inquiry",
    "Judged",
    "LoopCheck",
    "LoopGap",
    "OnTime",
    "Rectification",
    "ReportText",
    "SpecialReport",
    "SubTask",
    "Told",
    "Unreckoned",
]
