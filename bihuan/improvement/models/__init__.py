"""The rows of this room."""

from bihuan.improvement.models.committee import (
    Attendance,
    Decision,
    Item,
    Meeting,
    Recusal,
    Seat,
    Vote,
)
from bihuan.improvement.models.feedback import FeedbackTriage

__all__ = [
    "Attendance",
    "Decision",
    "FeedbackTriage",
    "Item",
    "Meeting",
    "Recusal",
    "Seat",
    "Vote",
]
