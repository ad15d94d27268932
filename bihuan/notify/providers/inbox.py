"""Notifier inside the house: the message row is the delivery itself; nothing is carried."""

from __future__ import annotations

from bihuan.core.ports import Outgoing, Undeliverable


class Inbox:
    """Delivered as soon as the row is there."""

    name = "inbox"

    def send(self, message: Outgoing) -> str:
        """Always the same receipt; Undeliverable without a reader."""
        if not message.to:
            raise Undeliverable("no_reader")
        return "row"
