"""The form in which staff sign in: allauth's, in the look of the house."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm


class StaffLogin(LoginForm):  # type: ignore[misc]  # allauth has no types
    """A label above each field, and no way to a reset by mail, which this house does not have."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
