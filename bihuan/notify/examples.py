"""A value for each variable a notice may have, in both languages: for a preview without a case."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def known() -> dict[str, dict[str, str]]:
    """By variable, its example in `zh` and `en`."""
    return tomllib.loads(Path(__file__).with_name("examples.toml").read_text("utf-8"))


def examples(locale: str) -> dict[str, str]:
    """Each of them in this language, and a link."""
    language = "en" if locale.startswith("en") else "zh"
    values = {name: both[language] for name, both in known().items()}
    return values | {"link": f"{settings.BASE_URL}/complaints/{values['number']}/"}
