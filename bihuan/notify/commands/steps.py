"""What happens to a message on its way is written down, so that its story can be told (2.4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bihuan.core import personal
from bihuan.events import log
from bihuan.notify.models import Message, Step
from bihuan.store import statements
from bihuan.store.blocks import new_id

SAID_MOST = 300


def step(
    message_id: int,
    what: str,
    at: datetime,
    *,
    said: str = "",
    way: str = "",
    until: datetime | None = None,
    staff_id: int = 0,
) -> Step:
    """One step, not yet written; `said` is masked."""
    return Step(
        id=new_id(at), message_id=message_id, what=what, at=at, until=until,
        said=personal.mask(said)[:SAID_MOST], way=way, staff_id=staff_id,
    )  # fmt: skip


def steps_of(message: Message) -> Iterator[Step]:
    """That a message was held before it was ever tried."""
    if message.held:
        yield step(
            message.id, "held", message.created_at, said=message.held, until=message.next_try_at
        )


def news(kind: str, message: Message, **more: str) -> list[log.Fact]:
    """The case's log tells how a notice to its person went; notices among staff are no news."""
    if not message.case_id or not message.person_id:
        return []
    data = {
        "message": message.id, "channel": message.channel, "template": message.template,
        "tries": message.tries,
    }  # fmt: skip
    return [log.Fact(kind, message.case_id, data | more, "2.4.1")]


def note_all(steps: Iterable[Step]) -> None:
    """Write them; nothing of a letter in the app, whose row says all."""
    statements.insert_all(list(steps))
