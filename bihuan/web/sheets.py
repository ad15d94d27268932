"""Rows as CSV, JSON lines or a workbook, one after the other however many; formulas defused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase, StreamingHttpResponse
from xlsxwriter import Workbook

from bihuan.web.files import FileAnswer

Row = Mapping[str, str | int | float | bool | None]
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
AT_ONCE = 500  # rows of one block that is sent
#: what a spreadsheet takes for the beginning of a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
SHEET = 1_048_575  # rows of a sheet below its head, as Excel has it
_MOST = 32_767  # characters of a cell, likewise


def cell(value: object) -> str | int | float:
    """A value as a spreadsheet may have it: text that would be a formula begins with a quote."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def lines(format: str, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """Blocks of CSV (with the mark by which Excel knows UTF-8) or of JSON lines."""
    made = _csv(columns, rows) if format == "csv" else _json(rows)
    block: list[str] = []
    for line in made:
        block.append(line)
        if len(block) == AT_ONCE:
            yield "".join(block).encode()
            block.clear()
    yield "".join(block).encode()


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line)

    def written(values: Iterable[object]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow(values)
        return line.getvalue()

    yield "\ufeff" + written(columns)
    for row in rows:
        yield written(cell(row[name]) for name in columns)


def _json(rows: Iterable[Row]) -> Iterator[str]:
    """For programs, so nothing is defused."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def workbook(
    file: BinaryIO, columns: Sequence[str], rows: Iterable[Row], most: int = SHEET
) -> None:
    """An Excel file; each row goes to disk at once, and a full sheet is followed by another."""
    book = Workbook(file, {"constant_memory": True})
    bold = book.add_format({"bold": True})
    sheet: Any = None
    line = most
    for row in rows:
        if line == most:
            sheet, line = _sheet(book, columns, bold), 0
        line += 1
        for place, name in enumerate(columns):
            value = cell(row[name])
            if isinstance(value, str):
                sheet.write_string(line, place, value[:_MOST])
            else:
                sheet.write_number(line, place, value)
    if sheet is None:
        _sheet(book, columns, bold)
    book.close()


def _sheet(book: Any, columns: Sequence[str], bold: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(columns):
        sheet.write_string(0, place, name, bold)
    return sheet


def put(format: str, file: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """All of it into a file."""
    if format == "xlsx":
        workbook(file, columns, rows)
        return
    for block in lines(format, columns, rows):
        file.write(block)


class _Blocks(StreamingHttpResponse):
    """Django's own reads every block before it sends the first, under ASGI."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        blocks: Any = iter(self.streaming_content)  # type: ignore[arg-type]  # ours is no async one
        read = sync_to_async(lambda: next(blocks, b""))  # the database is this request's thread's
        while block := await read():
            yield block


def answer(name: str, format: str, columns: Sequence[str], rows: Iterable[Row]) -> HttpResponseBase:
    """The rows as a file to be saved; a workbook is written to disk first, for it ends with its
    table of contents.
    """
    filename = f"{name}.{format}"
    if format == "xlsx":
        file: Any = TemporaryFile()  # noqa: SIM115 - the answer closes it
        workbook(file, columns, rows)
        file.seek(0)
        return FileAnswer(file, as_attachment=True, filename=filename, content_type=FORMATS[format])
    made = _Blocks(lines(format, columns, rows), content_type=FORMATS[format])
    made["Content-Disposition"] = f'attachment; filename="{filename}"'
    return made
