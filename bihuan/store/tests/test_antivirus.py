"""A file is kept only when the scanner found nothing in it; against a server of its protocol."""

from __future__ import annotations

import io
import socketserver
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bihuan.core.refusals import Invalid
from bihuan.core.tests.serving import serving
from bihuan.store import antivirus, blobs

#: The harmless file by which every scanner is tried (eicar.org), put together only here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


class Clamd(socketserver.ThreadingTCPServer):
    """Speaks INSTREAM; `says` is answered instead of a verdict."""

    allow_reuse_address = daemon_threads = True
    says: bytes | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.scanned: list[bytes] = []


class _Session(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        asked = b"".join(iter(lambda: self.rfile.read(1), b"\0"))
        if asked == b"zPING":
            self.wfile.write(b"PONG\0")
            return
        assert asked == b"zINSTREAM"
        whole = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            whole += self.rfile.read(size)
        self.server.scanned.append(whole)
        verdict = b"stream: Eicar-Signature FOUND" if EICAR in whole else b"stream: OK"
        self.wfile.write((self.server.says if self.server.says is not None else verdict) + b"\0")


@pytest.fixture
def clamd(settings: Any, tmp_path: Path) -> Iterator[Clamd]:
    settings.HOME = tmp_path
    with serving(Clamd()) as server:
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield server


def keep(data: bytes) -> blobs.Kept:
    return blobs.keep(io.BytesIO(data), name="a.pdf", limit=1_000_000)


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_n30_a_clean_file_is_scanned_whole_and_kept(clamd: Clamd, tmp_path: Path):
    assert keep(PAPER).content_type == "application/pdf"
    assert clamd.scanned == [PAPER]


def test_n30_an_infected_file_is_refused_by_name_and_nothing_of_it_stays(
    clamd: Clamd, tmp_path: Path
):
    with pytest.raises(Invalid) as refused:
        keep(PAPER + EICAR)

    assert refused.value.fields == {"files": "infected"}
    assert kept(tmp_path) == []


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR", b"", b"nonsense"])
def test_without_a_verdict_no_file_is_taken(clamd: Clamd, tmp_path: Path, says: bytes):
    clamd.says = says

    with pytest.raises(Invalid) as refused:
        keep(PAPER)

    assert refused.value.fields == {"files": "not_scanned"}
    assert kept(tmp_path) == []


def test_whether_the_scanner_is_there_is_known_before_a_file_comes(clamd: Clamd, settings: Any):
    there = blobs.may_keep()
    settings.CLAMD = "127.0.0.1:9"

    assert (there, blobs.may_keep()) == (True, False)


def test_a_scanner_that_is_away_is_said(tmp_path: Path):
    file = tmp_path / "a"
    file.write_bytes(PAPER)

    for where in ("127.0.0.1:9", str(tmp_path / "no.sock")):
        with pytest.raises(antivirus.Away):
            antivirus.is_clean(file, where=where, timeout=1)
