"""What a file input offers to choose from: what is taken, and nothing else."""

from __future__ import annotations

from django import template

from bihuan.store.contents import EXTENSIONS

register = template.Library()


@register.simple_tag
def file_kinds() -> str:
    """For `accept`. Named one by one: then a telephone makes a JPEG of its own kind of photo."""
    return ",".join(EXTENSIONS)
