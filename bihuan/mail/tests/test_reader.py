"""Reading in a process of its own: what it gives back, and what it survives."""

from __future__ import annotations

import base64
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bihuan.mail.parsing import Letter, read
from bihuan.mail.reader import MOST_OCTETS, Reader, Unreadable
from bihuan.mail.tests import letters

HEAD = b"From: a@example.com\nSubject: x\n"
GOOD = letters.mail(files={"照片.jpg": letters.photo(), "空.txt": b""})


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as one:
        yield one


def children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}


def child_of(reader: Reader) -> int:
    """The process that a fresh reader starts for its first mail."""
    before = children()
    reader.read(b"Subject: first\n\n")
    [pid] = children() - before
    return pid


def filled(pattern: bytes, size: int = MOST_OCTETS) -> bytes:
    return (pattern * (size // len(pattern) + 1))[:size]


def slow() -> bytes:
    """A mail whose lines all have to be looked at: about two seconds."""
    return HEAD + b"Content-Type: multipart/mixed\n\n" + filled(b"-- \n", MOST_OCTETS - 100)


def test_a_letter_comes_back_whole(reader: Reader):
    assert reader.read(GOOD) == read(GOOD)
    assert [part.filename for part in reader.read(GOOD).parts] == ["照片.jpg", "空.txt"]


def test_one_process_reads_many_mails():
    with Reader() as reader:
        pid = child_of(reader)

        for number in range(50):
            assert reader.read(b"Subject: %d\n\n" % number).subject == str(number)

        assert pid in children()
    assert pid not in children()


def test_a_process_that_was_killed_is_followed_by_another():
    with Reader() as reader:
        pid = child_of(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

        assert reader.read(GOOD) == read(GOOD)


def test_a_process_killed_while_it_reads_says_so_and_the_next_mail_is_read():
    with Reader() as reader:
        pid = child_of(reader)
        os.kill(pid, signal.SIGSTOP)  # so that it has not answered when it is killed
        killing = threading.Timer(0.2, os.kill, (pid, signal.SIGKILL))
        killing.start()

        with pytest.raises(Unreadable) as fault:
            reader.read(GOOD)

        assert fault.value.reason == "reader_died"
        assert reader.read(GOOD) == read(GOOD)
        killing.join()


def test_a_mail_that_takes_too_long_ends_its_process_alone():
    with Reader(seconds=0.3) as reader:
        with pytest.raises(Unreadable) as fault:
            reader.read(slow())

        assert fault.value.reason == "took_too_long"
        assert reader.head(slow()).subject == "x"
        assert reader.read(b"Subject: next\n\n").subject == "next"


def test_time_is_counted_anew_for_each_mail():
    with Reader(seconds=0.3) as reader:
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            assert reader.read(GOOD).from_name == "王芳"


def test_a_mail_that_takes_too_much_memory_ends_its_process_alone():
    with Reader() as reader:
        pid = child_of(reader)
        used = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * resource.getpagesize()
        resource.prlimit(pid, resource.RLIMIT_AS, (used + 20_000_000, used + 20_000_000))

        with pytest.raises(Unreadable) as fault:
            reader.read(HEAD + b"\n" + filled(b"a b\n", 25_000_000))

        assert fault.value.reason == "took_too_much"
        assert reader.read(GOOD) == read(GOOD)


def test_the_process_may_use_little():
    with Reader() as reader:
        pid = child_of(reader)

        assert resource.prlimit(pid, resource.RLIMIT_AS)[0] == 300_000_000
        assert resource.prlimit(pid, resource.RLIMIT_FSIZE) == (0, 0)
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
        assert Path(f"/proc/{pid}/environ").read_bytes() == b""


def test_the_head_alone(reader: Reader):
    letter = reader.head(GOOD)

    assert (letter.from_email, letter.text, letter.parts) == ("wang.fang@example.com", "", ())
    assert letter.problems == ("only_the_head",)


def test_of_a_mail_that_is_too_large_the_beginning_is_read(reader: Reader):
    letter = reader.read(HEAD + b"\nhello\n" + filled(b"\n", MOST_OCTETS))

    assert letter.problems[0] == "too_large"
    assert letter.subject == "x"


def test_threads_share_a_reader(reader: Reader):
    got: dict[int, Letter] = {}

    def one(number: int) -> None:
        got[number] = reader.read(letters.mail(f"第{number}封", id=f"<{number}@example.com>"))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {n: letter.text for n, letter in got.items()} == {n: f"第{n}封" for n in range(8)}


def nested(levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\n\nSubject: n\n" * levels + b"\n\ninnermost"


def packed(levels: int) -> bytes:
    """Mails within mails, each in base64: each has to be unpacked for the next."""
    raw = b"Subject: inner\n\n" + filled(b"x", int(25_000_000 * 0.7495**levels))
    head = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    for _level in range(levels):
        raw = HEAD + head + base64.b64encode(raw)
    return raw


def within(kind: bytes, pattern: bytes) -> Callable[[], bytes]:
    head = HEAD + b"Content-Type: " + kind + b"\n\n"
    return lambda: head + filled(pattern, MOST_OCTETS - len(head))


MIXED = b"multipart/mixed; boundary=b"
#: what is bad about it -> a mail of up to 30 MB, and the problem that it has to have
BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "endless base64": (
        lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + filled(b"QUJD", 29_000_000),
        "text_cut",
    ),
    "nothing but NUL": (lambda: filled(b"\0"), "bad_sender"),
    "nothing but line ends": (lambda: filled(b"\n"), "bad_sender"),
    "lines of one sign": (within(b"text/plain", b"a\n"), "text_cut"),
    "blanks at the end of lines": (within(b"text/plain", b" \n"), "text_cut"),
    "ten thousand parts": (
        lambda: HEAD + b"Content-Type: " + MIXED + b"\n" + b"\n--b\n\nx" * 10_000,
        "too_many_parts",
    ),
    "parts and nothing else": (within(MIXED, b"--b\n\nx\n"), "too_many_parts"),
    "parts of long headers": (within(MIXED, b"--b\n" + b"X: y\n" * 5000 + b"\n\n"), "headers_cut"),
    "almost boundaries": (within(MIXED, b"\n--bx"), "no_parts"),
    "lines of dashes": (within(MIXED, b"--"), "no_parts"),
    "a hundred mails within": (lambda: nested(100), "too_deep"),
    "a million mails within": (lambda: nested(700_000)[:MOST_OCTETS], "too_deep"),
    "mails packed in mails": (lambda: packed(8), ""),
    "a header of 30 MB": (lambda: b"Subject: " + filled(b"a", 29_000_000), "headers_cut"),
    "a million headers": (lambda: filled(b"a:\n"), "headers_cut"),
    "words never closed": (lambda: b"Subject: " + filled(b"=?utf-8?Q?", 900_000) + b"\n\n",
                           "subject_cut"),
    "a thousand recipients": (
        lambda: HEAD + b"To: " + b", ".join(b"u%d@example.com" % n for n in range(1000)) + b"\n\nx",
        "too_many_addresses",
    ),
    "open brackets for names": (lambda: b"To: " + filled(b"<", 900_000) + b"\n\n",
                                "too_many_addresses"),
    "tags and nothing else": (within(b"text/html", b"<a>"), "text_cut"),
    "tags never closed": (within(b"text/html", b"<a"), "text_cut"),
    "comments never closed": (within(b"text/html", b"<!-- >"), "text_cut"),
    "quotes across tags": (within(b"text/html", b"<a ='\"' x=\"'>"), "text_cut"),
    "many pages": (within(MIXED, b"--b\nContent-Type: text/html\n\n" + b"<p>x" * 7000 + b"\n"),
                   "too_many_parts"),
    "a codec that is no charset": (within(b"text/plain; charset=punycode", b"a-b"), "bad_charset"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_mail_made_to_hurt_is_read_within_the_limits(what: str, reader: Reader):
    make, problem = BAD[what]

    letter = reader.read(make())

    assert problem in (*letter.problems, "")
    assert len(letter.text) <= 200_000
    assert len(letter.parts) <= 1_000
    assert len(letter.to) <= 100
