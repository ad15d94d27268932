"""Reads mail in a process of its own, so that no mail can harm more than itself."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path
from types import TracebackType

import msgspec

from bihuan.mail.parsing import child
from bihuan.mail.parsing.letter import Letter

MOST_OCTETS = 30_000_000  # of a mail; what is behind them is not read
SECONDS = 10  # of processor time for one mail; 30 MB made to be slow took 2.5 (measured)
WAIT = 30  # seconds on the clock for one mail, its way to the child and back included
MOST_HEAD = 70_000  # octets that `head` is given
_MOST_TOLD = 20_000_000  # octets of all that is no attachment: texts and fields are bounded
_MOST_PARTS = 2 * MOST_OCTETS + 1_000_000  # files within a winmail.dat come beside it
_DYING = 5  # seconds between its last word and its end
_AT_ONCE = 1 << 20
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = """
import sys
sys.path.append(sys.argv[1])
from bihuan.mail.parsing import child
child.serve(float(sys.argv[2]))
"""


class Unreadable(Exception):
    """No letter could be made of a mail: `took_too_long`, `took_too_much` or `reader_died`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reader:
    """A child process that reads one mail after the other; a new one when it died.

    Threads may share it: they wait for each other. `seconds`: of processor time for one mail.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._ending: weakref.finalize[..., Reader] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, raw: bytes) -> Letter:
        """The letter; of a mail beyond MOST_OCTETS the beginning, with problem `too_large`.

        Unreadable when the child died of it; the next mail finds a new one.
        """
        letter = self._asked(child.WHOLE, raw[:MOST_OCTETS])
        if len(raw) > MOST_OCTETS:
            return replace(letter, problems=("too_large", *letter.problems))
        return letter

    def head(self, raw: bytes) -> Letter:
        """Sender, subject and Message-ID alone, with problem `only_the_head`; else Unreadable."""
        return self._asked(child.HEAD, raw[:MOST_HEAD])

    def close(self) -> None:
        """End the child. A closed Reader may be used again."""
        with self._lock:
            self._end()

    def _asked(self, what: bytes, raw: bytes) -> Letter:
        with self._lock:
            letter = None
            try:
                letter = _exchanged(_Talk(self._started()), what, raw)
                return letter
            except _Died:
                raise Unreadable(self._cause()) from None
            except TimeoutError:
                raise Unreadable("took_too_long") from None
            except msgspec.MsgspecError:
                raise Unreadable("reader_died") from None
            finally:
                if letter is None:
                    self._end()  # what it still says would be taken for the next mail

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = subprocess.Popen(  # noqa: S603  # our own interpreter, no shell
                [sys.executable, "-I", "-c", _CHILD, str(_ROOT), str(self._seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                bufsize=0,
            )
            self._ending = weakref.finalize(self, _ended, self._child)
        return self._child

    def _cause(self) -> str:
        """Why the child died, by how it ended."""
        assert self._child is not None
        try:
            code = self._child.wait(_DYING)
        except subprocess.TimeoutExpired:
            return "reader_died"
        causes = {-signal.SIGPROF: "took_too_long", child.TOO_MUCH: "took_too_much"}
        return causes.get(code, "reader_died")

    def _end(self) -> None:
        if self._ending is not None:
            self._ending()
        self._child = self._ending = None


class _Died(Exception):
    """The child closed its ends of the pipes."""


class _Talk:
    """Octets to the child and from it, before the time is over: TimeoutError, else _Died."""

    def __init__(self, to: subprocess.Popen[bytes]) -> None:
        assert to.stdin is not None
        assert to.stdout is not None
        self._in, self._out = to.stdin.fileno(), to.stdout.fileno()
        os.set_blocking(self._in, False)
        self._until = time.monotonic() + WAIT

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self._wait([], [self._in])
            try:
                view = view[os.write(self._in, view[:_AT_ONCE]) :]
            except BrokenPipeError:
                raise _Died from None

    def read(self, size: int) -> bytearray:
        got = bytearray()
        while len(got) < size:
            self._wait([self._out], [])
            some = os.read(self._out, min(_AT_ONCE, size - len(got)))
            if not some:
                raise _Died
            got += some
        return got

    def _wait(self, readable: list[int], writable: list[int]) -> None:
        left = self._until - time.monotonic()
        if left <= 0 or not any(select.select(readable, writable, [], left)):
            raise TimeoutError


def _exchanged(talk: _Talk, what: bytes, raw: bytes) -> Letter:
    talk.write(child.ASKED.pack(what, len(raw)))
    talk.write(raw)
    told, parts = child.TOLD.unpack(talk.read(child.TOLD.size))
    if told > _MOST_TOLD or parts > _MOST_PARTS:
        raise Unreadable("took_too_much")
    return _filled(msgspec.json.decode(talk.read(told), type=child.Answer), talk.read(parts))


def _filled(answer: child.Answer, data: bytearray) -> Letter:
    """The letter with what is in its parts. Unreadable when the sizes are not right."""
    sizes, parts, at = answer.sizes, [], 0
    if (
        len(sizes) != len(answer.letter.parts)
        or sum(sizes) != len(data)
        or min(sizes, default=0) < 0
    ):
        raise Unreadable("reader_died")
    for part, size in zip(answer.letter.parts, sizes, strict=True):
        parts.append(replace(part, data=bytes(data[at : at + size])))
        at += size
    return replace(answer.letter, parts=tuple(parts))


def _ended(one: subprocess.Popen[bytes]) -> None:
    one.kill()
    one.wait()
    for end in (one.stdin, one.stdout):
        if end is not None:
            end.close()
