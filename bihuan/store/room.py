"""What comes in stops before the disk is full: the database beside it must go on writing."""

from __future__ import annotations

import errno
import logging
import shutil

from django.conf import settings

_log = logging.getLogger(__name__)


class NoRoom(OSError):
    """So little is left of the disk that nothing more is taken."""


def check() -> None:
    """Raises NoRoom when less than `BIHUAN_DISK_SPARE` is left where the house lies."""
    try:
        free = shutil.disk_usage(settings.HOME).free
    except FileNotFoundError:  # nothing of this house lies there yet
        return
    if free < settings.DISK_SPARE:
        _log.error("%d bytes of the disk are left: neither files nor mail are taken", free)
        raise NoRoom(errno.ENOSPC, "too little of the disk is left")
