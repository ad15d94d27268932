"""Files that people hand in: each is kept or refused by itself, so that nothing good is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases import commands, queries
from bihuan.core.refusals import Invalid, TooMany
from bihuan.web.door import Who

if TYPE_CHECKING:
    from bihuan.cases.models import Draft, File

SHOWN_NAME = 40
ICONS = {"image": "image", "video": "video", "audio": "file-audio"}


class CappedUploads(TemporaryFileUploadHandler):
    """Stops writing a file to disk past the limit; one byte more is kept, so that it is refused."""

    file: TemporaryUploadedFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = settings.FILE_MAX + 1 - start
        if room > 0:
            self.file.write(raw_data[:room])

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return super().file_complete(min(file_size, settings.FILE_MAX + 1))


@dataclass(frozen=True, slots=True)
class Tile:
    """A file as the page shows it; `remove` is the value of its remove button."""

    name: str
    url: str
    thumb: str
    icon: str
    remove: str


def take(
    request: HttpRequest, who: Who, *, draft: Draft | None = None, number: str = ""
) -> tuple[list[File], list[str]]:
    """Keep what was uploaded; returns the kept files, and the words about the others."""
    kept: list[File] = []
    faults: list[str] = []
    for upload in request.FILES.getlist("files"):
        try:
            kept.append(
                commands.add_file(
                    stream=cast(BinaryIO, upload),
                    name=upload.name or "",
                    draft=draft,
                    number=number,
                    **who,
                )
            )
        except Invalid as fault:
            faults.append(_said(fault.fields.get("files", ""), upload.name or ""))
        except TooMany as fault:
            faults.append(
                _("最多可以添加 {most} 个文件，请先删除不需要的").format(most=fault.facts["limit"])
            )
            break
    return kept, faults


def _said(code: str, name: str) -> str:
    plain = "".join(c for c in name if c.isprintable())[-SHOWN_NAME:] or _("这个文件")
    words = {
        "too_large": _("“{name}”超过 {most} MB，请压缩后再添加"),
        "empty": _("“{name}”是空文件，请重新选择"),
        "unreadable_image": _("“{name}”打不开，请重新拍照或截图后再添加"),
    }.get(code, _("“{name}”的格式不能接收，请改为 JPG、PNG、WebP、GIF、MP4 或 PDF"))
    return words.format(name=plain, most=settings.FILE_MAX // 1_000_000)


def tile(file: File) -> Tile:
    """One file with its addresses."""
    url = reverse("portal:file", args=[file.token])
    icon = ICONS.get(file.content_type.split("/")[0], "file-text")
    return Tile(file.name, url, f"{url}?size=small" if file.thumb else "", icon, file.token)


def tiles(draft: Draft | None) -> list[Tile]:
    """The files of a draft."""
    return [tile(file) for file in queries.visible_files(draft.id)] if draft else []
