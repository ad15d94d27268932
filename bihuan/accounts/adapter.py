"""allauth for staff alone: nobody signs up, and the network address is not taken on trust."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from bihuan.accounts import queries
from bihuan.core.actors import Role

COMMITTEE = "/desk/committee/"  # its first page, and the only one of the desk that is its own


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by an administrator (`bihuan user create`), never by a visitor."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who belongs to the committee alone sees no inbox."""
        who = queries.actor_for_user(request.user)
        if who and not who.is_staff and Role.COMMITTEE in who.roles:
            return COMMITTEE
        return str(super().get_login_redirect_url(request))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, request: HttpRequest, *args: Any, **more: Any) -> None:
        """Who has signed in sees the desk: a note about it would turn up on some later page."""
        template = str(args[1] if len(args) > 1 else more.get("message_template", ""))
        if not template.endswith(("logged_in.txt", "logged_out.txt")):
            super().add_message(request, *args, **more)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """User names are given by administrators; allauth makes none up."""


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
