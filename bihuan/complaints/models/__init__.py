"""The rows of what a complaint asks of the house itself."""

from bihuan.complaints.models.records import Accountability
from bihuan.complaints.models.reports import ReportText, SpecialReport
from bihuan.complaints.models.sharing import SubTask

__all__ = ["Accountability", "ReportText", "SpecialReport", "SubTask"]
