"""allauth for staff alone: nobody signs up, and the network address is not taken on trust."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from bihuan.accounts import queries
from bihuan.core.actors import Role
from bihuan.web.network import client_address

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
