"""What both sides of a chat are asked by their scripts, and how they are told why not."""

from __future__ import annotations

from django.http import HttpRequest

from bihuan.core.refusals import Refusal
from bihuan.web import messages

SCRIPT = "X-Chat"  # a request of chat.js, which is answered in JSON


def scripted(request: HttpRequest) -> bool:
    return request.headers.get(SCRIPT) == "1"


def number(text: str, *, digits: int = 8) -> int:
    """A number of an address; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else 0


def why(no: Refusal) -> str:
    return " ".join(messages.faults(no).values()) or messages.detail(no.code(), no.facts)
