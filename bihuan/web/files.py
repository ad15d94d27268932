"""Files of a form; and in answers, read a block at a time, also where pages are asynchronous."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, BinaryIO, cast

from asgiref.sync import sync_to_async
from django.http import FileResponse, HttpRequest
from whitenoise.middleware import WhiteNoiseFileResponse, WhiteNoiseMiddleware


def uploaded(request: HttpRequest, field: str) -> list[tuple[BinaryIO, str]]:
    """The files of a field, each with the name it came with."""
    return [(cast(BinaryIO, one), one.name or "") for one in request.FILES.getlist(field)]


class FileAnswer(FileResponse):
    """Django's own reads all of a file at once under ASGI, and warns that it does."""

    block_size = 64 * 1024

    async def __aiter__(self) -> AsyncIterator[bytes]:
        blocks = iter(self)
        # a file belongs to no thread: reading it need not wait for the pages' one
        read = sync_to_async(lambda: next(blocks, b""), thread_sensitive=False)
        while block := await read():
            yield block


class _StaticFile(FileAnswer, WhiteNoiseFileResponse):  # type: ignore[misc]  # ships no types
    """As whitenoise makes it, without headers of its own."""


class Statics(WhiteNoiseMiddleware):  # type: ignore[misc]  # ships no types
    """Styles, scripts and icons."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> FileAnswer:
        """What whitenoise answers, as our kind of answer."""
        found = static_file.get_response(request.method, request.META)
        answer = _StaticFile(found.file or (), status=int(found.status))
        del answer["content-type"]
        for name, value in found.headers:
            answer[name] = value
        return answer
