"""The switchboard as the foundations see it: by names, since they may not look up (HOUSE §4)."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def wired(name: str, default: Any) -> Any:
    """What stands under `name` in the switchboard, or `default` when it names nothing."""
    return getattr(import_module(settings.BIHUAN_WIRING), name, default)


def called(path: str | Callable[..., Any]) -> Callable[..., Any]:
    """The function behind a dotted path; a function is itself. ImportError when there is none."""
    found: Callable[..., Any] = import_string(path) if isinstance(path, str) else path
    return found
