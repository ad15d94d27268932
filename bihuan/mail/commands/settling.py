"""Do what a mail asks for, and write down that it was done, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db import IntegrityError, transaction

from bihuan.accounts import commands as accounts
from bihuan.accounts import queries as people
from bihuan.accounts.commands import Contact
from bihuan.cases import commands as cases
from bihuan.cases import queries as case_queries
from bihuan.cases.queries import Case
from bihuan.core import personal, quoting
from bihuan.core.actors import SYSTEM, Actor, Role
from bihuan.core.refusals import Invalid, NotFound, NotPermitted, NotPossible, Refusal, TooMany
from bihuan.events import log
from bihuan.mail import queries, rules
from bihuan.mail.commands.telling import tell_of_lost
from bihuan.mail.models import Received
from bihuan.mail.parsing.letter import Letter, Part
from bihuan.notify.queries import Replied
from bihuan.store import secrets

#: Who wrote, before it is known who that is.
SOMEBODY = Actor(0, frozenset({Role.CUSTOMER}))
CHANNEL = "email"
_SEALED = ("raw", "envelope", "head")


@dataclass(frozen=True, slots=True)
class Known:
    """A mail that was read, and what the house knows about it."""

    letter: Letter
    sender: str | None
    recipient: str
    digest: bytes
    trust: str
    must_be_read: bool
    replied: Replied | None = None

    @property
    def joins(self) -> bool:
        """Whether it answers a letter of ours to somebody about their case."""
        return bool(self.replied and self.replied.case_id and self.replied.person_id)

    @property
    def person_id(self) -> int:
        """Whose mail it surely is: they hold our letter and the address it went to; 0 else."""
        return self.replied.person_id if self.replied and self.trust == "reply" else 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came of the attachments: the draft that keeps the good ones, and the fate of each."""

    draft_id: int
    parts: tuple[dict[str, object], ...]


def settle(row: Received, known: Known, verdict: rules.Verdict, at: datetime) -> Received:
    """The mail's row when it is done, also when somebody else has done it meanwhile."""
    if twin := _twin(row, known):
        return _written(row, known, "duplicate", at, twin=twin)
    evidence = _evidence(known.letter, at) if verdict.what == rules.OPEN else Evidence(0, ())
    try:
        with transaction.atomic():
            waiting = Received.objects.select_for_update().filter(id=row.id, state=row.state)
            if not waiting.exists():
                return Received.objects.get(id=row.id)
            return _act(row, known, verdict, evidence, at)
    except IntegrityError:
        if twin := _twin(row, known):  # the same mail was taken by another way just now
            return _written(row, known, "duplicate", at, twin=twin)
        raise


def _twin(row: Received, known: Known) -> Received | None:
    found = Received.objects.filter(digest=known.digest).exclude(id=row.id)
    return found.defer("raw").first()


def _act(
    row: Received, known: Known, verdict: rules.Verdict, evidence: Evidence, at: datetime
) -> Received:
    if verdict.what == rules.JOIN and known.replied:
        joined = _joined(known.letter, known.replied, at)
        if joined is not None:
            case, entry, parts = joined
            if known.trust != "other_address":
                _told(row, known, case, parts, at)
            return _written(row, known, "joined", at, case=case, entry=entry, parts=parts)
        evidence = _evidence(known.letter, at)
    if verdict.what in (rules.OPEN, rules.JOIN):
        filed = _opened(row, known, evidence, at)
        if verdict.what == rules.JOIN and known.replied:
            before = _answered(known.replied)
            cases.follow(case_id=filed.case.id, before_id=before.id, at=at)
        _told(row, known, filed.case, evidence.parts, at)
        return _written(
            row, known, "opened", at, case=filed.case, entry=filed.entry, parts=evidence.parts
        )
    state = "held" if verdict.what == rules.HOLD else "ignored"
    return _written(row, known, state, at, reason=verdict.reason)


def _told(
    row: Received, known: Known, case: Case, parts: Sequence[dict[str, object]], at: datetime
) -> None:
    tell_of_lost(case, parts, mail_id=row.id, locale=rules.locale(known.letter), at=at)


def _opened(row: Received, known: Known, evidence: Evidence, at: datetime) -> cases.Filed:
    """A case of its own, on its clocks since the mail arrived (1.3)."""
    letter, of_person = known.letter, known.person_id
    title, text = rules.title(letter.subject), rules.words(letter)
    if known.must_be_read:
        title = f"【待阅读】{title or '没有读出的邮件'}"
    filing = cases.Filing(
        kind=case_queries.kind_of(f"{title}\n{quoting.own_words(text)}", row.arrived_at),
        channel=CHANNEL,
        subject=title[: rules.TITLE_MOST],
        text=text or (NO_WORDS if evidence.parts else UNREAD),
        contact=Contact() if of_person else _contact(letter, known),
        draft_id=evidence.draft_id,
        received_at=row.arrived_at,
        person_id=of_person,
    )
    key = f"mail:{known.digest.hex()}"
    filed = cases.file(filing=filing, key=key, digest=known.digest, by=SOMEBODY, at=at)
    if (locale := rules.locale(letter)) != "zh-hans":
        accounts.speaks(person_id=filed.case.person_id, locale=locale, by=SYSTEM, at=at)
    return filed


NO_WORDS = "（邮件只有附件，没有正文）"
EMPTY = "（邮件没有正文）"
UNREAD = "（这封邮件没有完整读出，原件已保存，请打开原件处理）"


def _contact(letter: Letter, known: Known) -> Contact:
    """Where the person can be answered; nothing where the mail has no address one could write to.

    A name or an address that no contact takes is left out: it stays in the original. Nor does a
    mail that nobody vouches for name somebody who is known.
    """
    email = personal.normal_email(letter.from_email) or personal.normal_email(known.sender or "")
    strange = known.trust not in ("reply", "domain")
    named = not (email and strange and people.known_by(email))
    return Contact(name=rules.name(letter) if named else "", email=email or "")


def _evidence(letter: Letter, at: datetime) -> Evidence:
    """Keep what may be evidence, each by itself; why another is not stands beside its name."""
    good = rules.kept_parts(letter.parts)
    if not good:
        return Evidence(0, ())
    draft = cases.save_draft(token="", form="mail", data={}, step="", by=SYSTEM, at=at)
    parts: list[dict[str, object]] = []
    kept = 0
    for part in good:
        why = "too_many_files" if kept >= rules.FILES_MOST else ""
        if not why:
            try:
                cases.add_file(
                    stream=BytesIO(part.data), name=part.filename, draft=draft, by=SYSTEM, at=at
                )
                kept += 1
            except (Invalid, TooMany) as fault:
                why = _why(fault)
        parts.append(_fate(part.filename, part.content_type, len(part.data), why))
    return Evidence(draft.id if kept else 0, tuple(parts))


def _why(fault: Refusal) -> str:
    return fault.fields["files"] if isinstance(fault, Invalid) else "too_many_files"


def _fate(name: str, content_type: str, size: int, why: str = "") -> dict[str, object]:
    return {
        "name": personal.mask(rules.plain(name))[:120], "type": content_type[:60], "size": size,
        "why": why,
    }  # fmt: skip


def _answered(replied: Replied) -> Case:
    """The case that a letter of ours was about, or the one it went on in."""
    case = case_queries.made(replied.case_id)
    return case_queries.merged_with(case) or case


Joined = tuple[Case, int, tuple[dict[str, object], ...]]


def _joined(letter: Letter, replied: Replied, at: datetime) -> Joined | None:
    """Its words and files on the case it answers, and their entry; None when that takes no more."""
    case = _answered(replied)
    by = Actor(replied.person_id, frozenset({Role.CUSTOMER}))
    good = rules.kept_parts(letter.parts)
    uploads = [(BytesIO(part.data), part.filename) for part in good[: rules.FILES_MOST]]
    text, faults = rules.words(letter), list[tuple[str, Refusal]]()
    try:
        with transaction.atomic():
            kept = 0
            if uploads:
                files, faults = cases.bring(
                    number=case.number, text=text, uploads=uploads, channel=CHANNEL, by=by, at=at
                )
                kept = len(files)
            if not kept:  # its words wait for no better files: the sender is gone
                said = text or (NO_WORDS if uploads else EMPTY)
                cases.message(number=case.number, text=said, channel=CHANNEL, by=by, at=at)
    except (NotPossible, NotFound, NotPermitted):
        return None
    step = log.last(case.id, "case.material_added" if kept else "case.message_added")
    return case, step.data.get("entry", 0), _fates(good, faults)


def _fates(
    good: Sequence[Part], faults: Sequence[tuple[str, Refusal]]
) -> tuple[dict[str, object], ...]:
    """What became of each part; of those beyond the limit, that they were too many."""
    left, fates = list(faults), []
    for place, part in enumerate(good):
        why = "too_many_files" if place >= rules.FILES_MOST else ""
        if left and not why and left[0][0] == part.filename:
            why = _why(left.pop(0)[1])
        fates.append(_fate(part.filename, part.content_type, len(part.data), why))
    return tuple(fates)


def _written(
    row: Received,
    known: Known,
    state: str,
    at: datetime,
    *,
    reason: str = "",
    case: Case | None = None,
    entry: int = 0,
    parts: Sequence[dict[str, object]] = (),
    twin: Received | None = None,
) -> Received:
    """What became of it. From now on its bytes are sealed by its person's key, if it has one."""
    _seal_for(row, known.letter, case.person_id if case else row.person_id)
    row.state, row.reason, row.recipient = state, reason, known.recipient[:254]
    row.trust = known.trust if case else ""
    row.problems = [one[:40] for one in known.letter.problems]
    row.case_id = case.id if case else twin.case_id if twin else 0
    if known.replied and not row.case_id:
        row.case_id = known.replied.case_id  # who may not see that case may not see this either
    row.entry_id = entry
    row.twin_id, row.parts = twin.id if twin else 0, list(parts)
    row.digest = None if twin else known.digest
    row.decided_at = at
    row.save()
    if case and known.trust != "other_address":  # whoever writes from there reads there
        accounts.mail_works(person_id=case.person_id, by=SYSTEM, at=at)
    return row


def _seal_for(row: Received, letter: Letter, person_id: int) -> None:
    """Everything that is kept of it goes under that key, with what its head says."""
    head = {"from": letter.from_email, "name": rules.name(letter)}
    head |= {"subject": rules.title(letter.subject), "date": str(letter.date or "")}
    head["id"] = letter.message_id
    plain = {
        "raw": queries.raw_of(row),
        "envelope": secrets.open_bytes(
            row.person_id, queries.TABLE, "envelope", row.id, row.envelope
        ),
        "head": json.dumps(head, ensure_ascii=False).encode(),
    }
    row.person_id = person_id
    for column, value in plain.items():
        if value is not None:
            kept = secrets.seal_bytes(person_id, queries.TABLE, column, row.id, value)
            setattr(row, column, kept)
