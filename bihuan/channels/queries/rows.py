"""The rows of this room, who may read and change them, and what a channel is called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bihuan.channels import rules
from bihuan.channels.models import Outage, Published, Seen, Silence
from bihuan.core.actors import Actor, Role
from bihuan.core.ports import Standing
from bihuan.core.refusals import NotFound, NotPermitted
from bihuan.policy import queries as policy
from bihuan.web.words import english

HEARS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})  # who is alarmed


def staff_only(by: Actor) -> None:
    """How the channels stand is for staff, and does not exist for anybody else."""
    if not by.is_staff:
        raise NotFound()


def manages(by: Actor) -> bool:
    """Whether this is somebody who administers the ways to reach the house."""
    return Role.ADMINISTRATOR in by.roles


def administrators_only(by: Actor, action: str) -> None:
    """NotFound for anybody but staff, NotPermitted for staff who do not administer channels."""
    staff_only(by)
    if not manages(by):
        raise NotPermitted("6.4", action=action, why="not_an_administrator")


def web(at: datetime) -> Standing:
    """The house's own pages: whoever reads this of them has reached them."""
    return Standing("web", alive_at=at, open_now=True, always=True)


def seen() -> list[Seen]:
    """Every channel that is configured, in the order of the switchboard, ways in first."""
    rows = Seen.objects.filter(gone_at=None)
    return list(rows.order_by("outward", "place", "id"))


def watched_at() -> datetime | None:
    """When somebody last looked; None before the first time."""
    return Seen.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()


def is_watched(at: datetime) -> bool:
    """Whether somebody looks at the channels now; else nobody would hear of one that is silent."""
    last = watched_at()
    return last is not None and at - last <= rules.BLINK


def published() -> dict[str, Published]:
    """Where each channel is reached, by the last version that stands."""
    rows = Published.objects.filter(taken_back_at=None).order_by("channel", "-id")
    return {row.channel: row for row in rows.distinct("channel")}


def versions(channel: str) -> list[Published]:
    """What was made known of it, the newest first; those that were taken back too."""
    return list(Published.objects.filter(channel=channel).order_by("-id"))


def outages(at: datetime) -> list[Outage]:
    """Planned ones that are not over and stand, the next first."""
    rows = Outage.objects.filter(taken_back_at=None, ends_at__gt=at)
    return list(rows.order_by("starts_at", "id"))


def locked_outage(id: int) -> Outage:
    """That one, held until the transaction ends."""
    row = Outage.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound()
    return row


def silences(since: datetime, until: datetime) -> list[Silence]:
    """Those that touch the period, the newest first."""
    rows = Silence.objects.filter(began_at__lt=until).exclude(ended_at__lte=since)
    return list(rows.order_by("-began_at", "-id"))


def name(channel: str, at: datetime) -> str:
    """What the handbook calls it, in the reader's language; its id for one of the house's own."""
    term = policy.current(at).channels.get(channel)
    if term is None:
        return channel
    return term.en if english() else term.zh


def channels_shown() -> Sequence[str]:
    """The ways in that can be announced as closed."""
    return rules.SHOWN
