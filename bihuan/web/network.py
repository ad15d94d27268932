"""Where a request comes from, for limits: an address that was not taken on trust."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from bihuan.core.refusals import TooMany
from bihuan.store import secrets


def client_address(request: HttpRequest) -> str:
    """Who asks, for limits: what a trusted proxy says, else the peer; a forged header is nothing.

    The last address of X-Forwarded-For that is not a proxy of ours is the one our proxy saw.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104  # no address: one bucket
    if peer not in settings.TRUSTED_PROXIES:
        return peer
    for told in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        try:
            address = str(ip_address(told.strip()))
        except ValueError:
            break
        if address not in settings.TRUSTED_PROXIES:
            return address
    return peer


def client_network(request: HttpRequest) -> str:
    """The same as one asker: a home has a whole /64 of IPv6 and may ask from each of it."""
    told = client_address(request)
    try:
        address = ip_address(told)
    except ValueError:
        return told
    if not isinstance(address, IPv6Address):
        return told
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))


def seldom(request: HttpRequest, what: str, *, most: int, seconds: int) -> None:
    """TooMany where one network does this more often, whoever it does it for.

    Counted in each process, for so many seconds from the first.
    """
    key = f"{what}-" + secrets.digest("network", client_network(request)).hex()
    cache.add(key, 0, timeout=seconds)
    try:
        done = cache.incr(key)
    except ValueError:  # it ran out between the two
        return
    if done > most:
        raise TooMany(retry_after=seconds)
