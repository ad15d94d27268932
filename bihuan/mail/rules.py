"""What is to become of a mail, and how its words are put into a case: pure decisions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from bihuan.core.inputs import plain as plain
from bihuan.mail.parsing.letter import Letter, Part

TEXT_MOST = 19_800  # characters: what a case takes, less a line that says where the rest is
TITLE_MOST = 120
NAME_MOST = 60
HEAD_LINE = 200
#: Of one mail; the rest stays in the original, which staff may open.
FILES_MOST = 9
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=20), timedelta(minutes=10)
#: So often a mail may fail to become a case before it is filed as one that could not be read.
TRIES = 3

#: What may keep its ending when it is saved: papers, pictures, sound, archives.
SAVED = frozenset(
    {
        "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "dps", "pdf", "txt", "csv",
        "rtf", "odt", "ods", "jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "tif", "tiff",
        "mp3", "wav", "m4a", "amr", "mp4", "mov", "zip", "rar", "7z", "eml", "ics", "vcf",
    }
)  # fmt: skip

#: What is said of a mail by its words alone, without a header that only programs write.
_GUESSED = frozenset({"", "auto_reply_subject"})
OPEN, JOIN, HOLD, IGNORE = "open", "join", "hold", "ignore"

#: What was wrong with reading that a person must make good by looking at the original.
MUST_BE_READ = frozenset(
    {
        "took_too_long", "took_too_much", "reader_died", "only_the_head", "too_large",
        "too_many_parts", "too_deep", "text_cut", "no_words", "could_not_be_filed",
    }
)  # fmt: skip

_AGAIN = re.compile(
    r"^\s*(?:(?:re|aw|sv|vs|fw|fwd|wg|tr|rv|odp|回复|答复|回覆|转发|轉寄|答覆)\s*(?:\[\d+\])?\s*[:：]\s*)+",
    re.IGNORECASE,
)
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[A-Za-z]{3}.*[A-Za-z]{3}", re.DOTALL)
_DMARC = re.compile(
    r"\s*dmarc\s*=\s*(\w+)(?:\s[^;]*?)?\sheader\.from\s*=\s*([a-z0-9.-]+)\s*(?:\s[^;]*)?\Z",
    re.IGNORECASE,
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_COMMENT = re.compile(r"\([^()]*\)?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of a mail, and the code that says why."""

    what: str
    reason: str = ""


def decide(letter: Letter, *, sender: str | None, ours: Collection[str], joins: bool) -> Verdict:
    """Bounces and robots open nothing; who answers a letter of ours joins its case; else a case.

    What only sounds like a robot's, and has no sign of one, is held: it may be a person's.
    `sender` is the envelope's, "" for the null sender of reports, None where no envelope is
    known. `ours` are the addresses of the house, `joins` says that a token of ours stands in it.
    """
    formal = sender == "" or letter.automatic not in _GUESSED
    if letter.bounce is not None:
        return Verdict(IGNORE, "bounce") if formal else Verdict(HOLD, "perhaps_bounce")
    if letter.automatic and formal:
        return Verdict(IGNORE, letter.automatic[:40])
    if letter.automatic:
        return Verdict(HOLD, "perhaps_automatic")
    if sender == "":
        return Verdict(IGNORE, "null_sender")
    if is_ours(letter.from_email, ours):
        return Verdict(HOLD, "from_ourselves")
    if joins:
        return Verdict(JOIN)
    if letter.bulk:
        return Verdict(HOLD, letter.bulk)
    return Verdict(OPEN)


def must_be_read(letter: Letter) -> bool:
    """Whether a person must look at the original, since words of it may be missing."""
    return bool(MUST_BE_READ & set(letter.problems)) or not (letter.text.strip() or letter.parts)


def digest(letter: Letter, recipient: str) -> bytes:
    """32 bytes that are the same for every delivery of one mail: Message-ID, body, recipient.

    A mail without Message-ID is told apart by its sender, date and subject.
    """
    name = letter.message_id or f"{letter.from_email}|{letter.date}|{letter.subject}"
    return sha256("\x00".join(("mail", name, letter.body_hash, recipient)).encode()).digest()


def digest_of_raw(raw: bytes, recipient: str) -> bytes:
    """The same for a mail that could not be read at all."""
    return sha256(b"unread\x00" + recipient.encode() + b"\x00" + raw).digest()


def canonical(address: str) -> str:
    """An address without its tag: `Service+abc@Example.com` is `service@example.com`."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}".lower()


def is_ours(address: str, ours: Collection[str]) -> bool:
    """Whether mail to this address is for the house, with or without a tag."""
    return canonical(address) in ours


def recipient(addresses: Iterable[str], ours: Collection[str], otherwise: str) -> str:
    """To which address of the house this came; `otherwise` when it names none.

    Of several the first of the house's own, so that each delivery of one mail says the same.
    """
    named = {canonical(one) for one in addresses}
    return next((one for one in ours if one in named), otherwise)


def trust(letter: Letter, *, authority: str) -> str:
    """`domain` when our own mail server found that the sender's domain vouches for it, else `none`.

    Only a result under our server's name counts, and only above the first line of another's:
    anybody may write such a header (RFC 8601, 5). What the sender could choose in it (quoted
    words, comments, an envelope address) is no result.
    """
    domain = letter.from_email.rpartition("@")[2].lower()
    for result in letter.authenticated if authority and domain else ():
        name, _, rest = _unsaid(result).strip().partition(";")
        if name.split(" ")[0].lower() != authority.lower():
            return "none"
        found = [one for part in rest.split(";") if (one := _DMARC.match(part))]
        if len(found) == 1:
            passed = found[0][1].lower() == "pass" and found[0][2].lower() == domain
            return "domain" if passed else "none"
        if found:
            return "none"
    return "none"


def _unsaid(result: str) -> str:
    """Without quoted words and comments, one within another too."""
    text, before = _QUOTED.sub(" ", result), ""
    while text != before:
        before, text = text, _COMMENT.sub(" ", text)
    return text


def title(subject: str) -> str:
    """The subject in one line, without 回复: and its like before it."""
    line = " ".join(plain(_AGAIN.sub("", subject)).split())
    return line if len(line) <= TITLE_MOST else f"{line[: TITLE_MOST - 1]}…"


def words(letter: Letter) -> str:
    """What is kept as the person's words: all of the text, as far as a case takes it."""
    text = plain(letter.text)
    if len(text) <= TEXT_MOST:
        return text
    return f"{text[:TEXT_MOST].rstrip()}\n（邮件正文超过上限，其余部分见原始邮件）"


def locale(letter: Letter) -> str:
    """In which of the house's languages somebody is answered who wrote this: English or Chinese."""
    said = f"{letter.subject} {letter.text}"[:2_000]
    return "zh-hans" if _HAN.search(said) or not _LATIN.search(said) else "en"


def name(letter: Letter) -> str:
    """The sender's name as a contact takes it."""
    return " ".join(plain(letter.from_name).split())[:NAME_MOST].strip()


def kept_parts(parts: Iterable[Part]) -> list[Part]:
    """What may become evidence: what has bytes; pictures of a signature are too small to be it."""
    return [one for one in parts if one.data and not (one.inline and len(one.data) < 2_000)]


def saved_as(name: str) -> str:
    """What a part is called on the disk of who saves it: what opens by a click gets `.bin`."""
    line = re.sub(r"[^\w.()\[\] -]+", "_", plain(name).replace("\n", " "))[:HEAD_LINE].strip(" .")
    return line if line.rpartition(".")[2].lower() in SAVED else f"{line or 'file'}.bin"
