"""Where a request comes from, for limits: an address that was not taken on trust."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest


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
