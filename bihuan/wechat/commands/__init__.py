"""What this room can do; other rooms import from here."""

from bihuan.wechat.commands.binding import new_code, unbind
from bihuan.wechat.commands.fetching import fetch
from bihuan.wechat.commands.keeping import forget, is_altered, lease
from bihuan.wechat.commands.taking import receive, settle
from bihuan.wechat.commands.tokens import Keeper

__all__ = [
    "Keeper",
    "fetch",
    "forget",
    "is_altered",
    "lease",
    "new_code",
    "receive",
    "settle",
    "unbind",
]
