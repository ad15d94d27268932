"""The process that reads mail: it may use little, touches no file, and dies of a bad mail alone."""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from dataclasses import dataclass, replace

import msgspec

from bihuan.mail.parsing import Letter, head, read

MEMORY = 300_000_000  # bytes of address space: the interpreter has 30 MB, the rest is 256 MiB
TOO_MUCH = 3  # how it ends when that is not enough
ASKED = struct.Struct(">cQ")  # what is to be read, and its size; the mail follows
TOLD = struct.Struct(">QQ")  # the sizes of an Answer as JSON, and of all parts behind it
WHOLE, HEAD = b"W", b"H"
_READ = {WHOLE: read, HEAD: head}


@dataclass(frozen=True, slots=True)
class Answer:
    """A letter whose parts are empty: what is in them follows, each as long as `sizes` says."""

    letter: Letter
    sizes: tuple[int, ...]


def serve(seconds: float) -> None:
    """Read mail after mail from stdin, and answer each on stdout, until there are no more.

    `seconds`: of processor time for one mail.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        while asked := sys.stdin.buffer.read(ASKED.size):
            what, size = ASKED.unpack(asked)
            _answer(what, size, seconds)
    except MemoryError:
        os._exit(TOO_MUCH)  # nothing more may need memory


def _answer(what: bytes, size: int, seconds: float) -> None:
    # by default its signal ends the process, in the middle of a call into C too
    signal.setitimer(signal.ITIMER_PROF, seconds)
    letter = _READ[what](sys.stdin.buffer.read(size))
    bare = tuple(replace(part, data=b"") for part in letter.parts)
    answer = Answer(replace(letter, parts=bare), tuple(len(part.data) for part in letter.parts))
    told = msgspec.json.encode(answer)
    signal.setitimer(signal.ITIMER_PROF, 0)
    sys.stdout.buffer.write(TOLD.pack(len(told), sum(answer.sizes)) + told)
    for part in letter.parts:
        sys.stdout.buffer.write(part.data)
    sys.stdout.buffer.flush()
