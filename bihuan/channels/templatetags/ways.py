"""The ways to reach the house, for pages of other rooms that name them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from bihuan.channels import queries, shown

register = template.Library()


@register.simple_tag
def ways_in(at: datetime) -> list[dict[str, Any]]:
    """What works first; as `shown.cards` gives them."""
    return shown.cards(queries.ways(at), at)
