"""Files that people hand in: each is kept or refused by itself, so that nothing good is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import reverse

from bihuan.cases import commands, queries
from bihuan.web import messages
from bihuan.web.door import Who
from bihuan.web.files import uploaded

if TYPE_CHECKING:
    from bihuan.cases.models import Draft, File

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


def take(request: HttpRequest, who: Who, *, draft: Draft | None) -> list[str]:
    """Keep what was uploaded for a draft; returns the words about what cannot be kept."""
    if draft is None:
        return []
    _kept, faults = commands.add_files(uploaded(request, "files"), draft=draft, **who)
    return [messages.about_file(*fault) for fault in faults]


def tile(file: File) -> Tile:
    """One file with its addresses."""
    url = reverse("portal:file", args=[file.token])
    icon = ICONS.get(file.content_type.split("/")[0], "file-text")
    return Tile(file.name, url, f"{url}?size=small" if file.thumb else "", icon, file.token)


@dataclass(frozen=True, slots=True)
class Coming:
    """A file that has not come whole, as the page shows it; `url` is where it goes on."""

    name: str
    url: str
    percent: int
    remove: str


def grid(draft: Draft | None, upload_url: str, who: Who) -> dict[str, Any]:
    """The files of a draft, those that are still coming, and where more are sent to."""
    coming = [
        Coming(
            row.name.removesuffix(".part"),
            reverse("portal:coming", args=[row.token]),
            100 * row.received // row.length,
            row.token,
        )
        for row in (queries.coming_of(draft.id, who["at"]) if draft else ())
    ]
    return {"files": tiles(draft), "coming": coming, "upload_url": upload_url}


def tiles(draft: Draft | None) -> list[Tile]:
    """The files of a draft."""
    return [tile(file) for file in queries.visible_files(draft.id)] if draft else []
