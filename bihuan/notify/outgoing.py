"""A message as its provider is given it: one function for what is sent and what is previewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.core import signing

from bihuan.core.ports import Outgoing
from bihuan.notify import rules, wires
from bihuan.notify.models import Message
from bihuan.notify.queries.messages import reply_token
from bihuan.policy import queries as policy

_SALT = "bihuan.notify.unsubscribe"


def addressed(message: Message, to: str, *, again: bool = False) -> Outgoing:
    """To whom, under which names, and the words as they are kept."""
    reply = reply_token(message.id) if message.channel in rules.NAMED else ""
    return Outgoing(to, message.subject, message.body, message.key, again=again, reply=reply)


def worded(
    message: Message, *, to: str, at: datetime, token: str = "", again: bool = False
) -> Outgoing:
    """Words for a letter; what is short, or goes by WeChat, has a link for one case to `token`.

    The link stands in place of the words, or of the addresses of our own pages in them.
    """
    made = addressed(message, to, again=again)
    if message.channel in rules.LINKED:
        link = f"{settings.BASE_URL}/s/{token}/"
        body = rules.with_link(message.body, settings.BASE_URL, link) or link
        return replace(made, body=body, code=token, link=link)
    if message.channel != rules.EMAIL:
        return made
    foot = wires.footer(message.person_id, at) if message.person_id else ""
    return replace(
        made,
        body="\n\n".join(filter(None, [message.body, foot])),
        answers=wires.answered(message.case_id, message.person_id, message.created_at),
        unsubscribe=_unsubscribe(message, at),
    )


def _unsubscribe(message: Message, at: datetime) -> str:
    """Where a person stops letters of this topic; "" for what always goes by letter (2.4.1)."""
    notice = policy.current(at).notices.get(message.template)
    if not message.person_id or notice is None or not notice.topic:
        return ""
    token = signing.dumps([message.person_id, notice.topic], salt=_SALT)
    return f"{settings.BASE_URL}/unsubscribe/{token}/"


def unsubscribes(token: str) -> tuple[int, str] | None:
    """The person and the topic of such a link; None for one we did not make."""
    try:
        person_id, topic = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(person_id), str(topic)
