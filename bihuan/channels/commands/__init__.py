"""The only way to change what is known of the channels."""

from bihuan.channels.commands.contact import ContactGiven, set_contact, take_back_contact
from bihuan.channels.commands.outages import announce_outage, take_back_outage
from bihuan.channels.commands.rating import count_answers, note_opinion, note_ratings
from bihuan.channels.commands.reminding import remind_evaluation
from bihuan.channels.commands.watching import note_standings

__all__ = [
    "ContactGiven",
    "announce_outage",
    "count_answers",
    "note_opinion",
    "note_ratings",
    "note_standings",
    "remind_evaluation",
    "set_contact",
    "take_back_contact",
    "take_back_outage",
]
