"""An icon of Lucide, drawn once for each shape, size and use: a page of the desk has 180."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as drawn

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: str) -> SafeString:
    """The same tag with the same arguments as the package's own, which draws each anew."""
    return _kept(name, size, tuple(attributes.items()))


@lru_cache(maxsize=1024)
def _kept(name: str, size: int | None, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    return SafeString(drawn(name, size=size, **dict(attributes)))


#: The icon of a clock by its state, and the name by which sla.js looks for it.
_CLOCKS = {
    "soon": ("hourglass", "soon"), "urgent": ("flame", "urgent"),
    "over": ("circle-alert", "over"), "late_met": ("circle-alert", "over"),
    "paused": ("circle-pause", "paused"), "met": ("circle-check", "met"),
}  # fmt: skip


@register.simple_tag
def sla_icon(state: str) -> SafeString:
    """The icon of a clock: ok soon urgent over paused met late_met."""
    name, known_as = _CLOCKS.get(state, ("clock", "ok"))
    return lucide(name, size=14, data_icon=known_as, aria_hidden="true")
