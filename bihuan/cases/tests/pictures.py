"""Photos and half-filled forms, for the stories of what people bring."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from bihuan.cases import commands
from bihuan.cases.models import Draft
from bihuan.cases.tests.people import FRIDAY
from bihuan.core.actors import Actor


def photo(shade: int = 120) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 60)).save(out, "JPEG")
    return io.BytesIO(out.getvalue())


def begun(by: Actor, token: str = "", step: str = "type", **data: str) -> Draft:
    return commands.save_draft(
        token=token, form="complaint", data=data, step=step, by=by, at=FRIDAY
    )


def bytes_kept(blobs: Path) -> int:
    return sum(path.is_file() for path in blobs.rglob("*"))
