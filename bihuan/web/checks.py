"""What must be there before the house may start, beside its settings."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from bihuan.web import paper


@register("papers")
def chinese_faces(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A PDF without a Chinese face would be boxes; better no start than such a paper."""
    if paper.faces():
        return []
    hint = "Install the package manimgx-fonts-cjk, or name folders in BIHUAN_PDF_FONT_DIRS."
    return [Error("No font with Chinese was found for papers.", hint=hint, id="bihuan.W001")]
