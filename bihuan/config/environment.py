"""The environment, read once: a function per type, and no start when a value is wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from bihuan.core import signed

_HERE = ("127.0.0.1", "localhost", "::1")
_HOST = re.compile(r"[a-z0-9._:-]+")  # nothing that could end a header's word


class SettingFault(SystemExit):
    """A setting that cannot be taken: names the setting, the value and what is allowed.

    Without a value where it may be a secret.
    """

    def __init__(self, name: str, value: str | None, allowed: str) -> None:
        given = name if value is None else f"{name}={value!r}"
        super().__init__(f"{given} cannot be used: allowed is {allowed}")


KNOWN: dict[str, str] = {}


def _raw(name: str, default: str, says: str) -> str:
    KNOWN[name] = says
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise SettingFault(f"{name}_FILE", file, f"a readable file ({fault})") from None
    return os.environ.get(name, default)


def text(name: str, default: str, says: str) -> str:
    """Any text; the secret may stand in the file named by NAME_FILE."""
    return _raw(name, default, says)


def flag(name: str, default: bool, says: str) -> bool:
    """`true` or `false`, nothing else."""
    value = _raw(name, str(default).lower(), says)
    if value not in {"true", "false"}:
        raise SettingFault(name, value, "true or false")
    return value == "true"


def number(name: str, default: int, says: str, *, least: int = 0, most: int = 10**9) -> int:
    """A whole number between `least` and `most`."""
    value = _raw(name, str(default), says)
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise SettingFault(name, value, f"a whole number from {least} to {most}")
    return int(value)


def choice(name: str, default: str, says: str, *, among: tuple[str, ...]) -> str:
    """One of a few words."""
    value = _raw(name, default, says)
    if value not in among:
        raise SettingFault(name, value, " or ".join(among))
    return value


def words(name: str, default: str, says: str) -> list[str]:
    """Words parted by commas."""
    return [word.strip() for word in _raw(name, default, says).split(",") if word.strip()]


def origin(name: str, value: str, *, only_here: bool) -> str:
    """`https://host[:port]`; plain http on this machine, or anywhere unless `only_here`."""
    allowed = "https://host" + (", http only on this machine" if only_here else " or http://host")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise SettingFault(name, value, allowed) from None
    plain = parts.scheme == "http" and (not only_here or parts.hostname in _HERE)
    named = bool(_HOST.fullmatch(parts.hostname or "")) and (plain or parts.scheme == "https")
    if not named or parts.path.strip("/") or parts.username or parts.query or parts.fragment:
        raise SettingFault(name, value, allowed)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def signed_for(
    name: str, says: str, keys_name: str, keys_say: str, *, both: bool = False
) -> tuple[str, tuple[bytes, ...]]:
    """An address that is spoken to by signed requests, and the keys; ("", ()) where none is named.

    Plain http on this machine alone. `both`: keys without an address are a mistake, too.
    """
    url, given = text(name, "", says), words(keys_name, "", keys_say)
    try:
        keys = tuple(signed.key_of(one) for one in given)
    except ValueError:
        keys = ()
    if (given or url) and not keys:
        raise SettingFault(keys_name, None, "whsec_ and 24 to 64 bytes in base64")
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    good = (here or parts.scheme == "https") and parts.hostname and not parts.username
    if (url and not good) or (both and given and not url):
        raise SettingFault(name, url, "https://host/path, http on this machine")
    return url, keys


def refuse_unknown() -> None:
    """A BIHUAN_ setting that nobody reads is a typing error, so nothing starts."""
    known = KNOWN.keys() | {f"{name}_FILE" for name in KNOWN}
    for name in sorted(os.environ):
        if name.startswith("BIHUAN_") and name not in known:
            raise SettingFault(name, None, "one of " + ", ".join(sorted(KNOWN)))
