"""Part the words that a person newly wrote from those that a mail program quoted."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile

_TEXT, _BLANK, _QUOTE, _RULE, _SIGN, _MARK, _HEAD = range(7)  # what a line is
_TAIL = 12  # lines: what is longer behind a rule is no signature
_AFTERTHOUGHT = 7  # lines: what is shorter below a whole quote is a signature
_WRAPPED = 5  # lines that a program breaks its "On ... wrote:" into, at most
_LONGEST = 320  # characters of such words
_JUDGED = 400  # characters: what a line is shows in its beginning

# the word of "On ... wrote:" in languages that part words by blanks, and in those that do not
_WORD = re.compile(r"[^\W\d_]+")
_WROTE = frozenset(
    _WORD.findall(
        "wrote writes schrieb schreibt schreef geschreven écrit scritto scrive escribió escribe"
        " escreveu escriure skrev kirjoitti kirjutas napisał napisała napsal napsala napísal"
        " napísala napisao napisala napisal написал написала пишет писал пише написав написа írta"
        " yazdı scris έγραψε viết menulis rakstīja rašė כתב כתבה كتب"
    )
)
_WROTE_UNSPACED = re.compile("写道|寫道|書きました|のメール|작성|썼습니다|เขียน")
_ON = re.compile(
    r"(?:-{2,} ?)?(?:(?:On|At|Op|Le|Am|Il|El|Em|Den|På|Dnia|W dniu|Dne|Dňa|Dana|Na|U|În|La|Pe"
    r"|Στις|Vào|Pada|В|На|Ngày|Lúc|Kl|ב)(?![^\W\d_])[^\d\n]{0,30}|[在於于][^\d\n]{0,12})\d"
)
_ADDRESS = re.compile(r"(?:[<＜\[(]|&lt;)[^<>@]{0,80}@")
_ADDRESS_WROTE = re.compile(
    r"@[^\s>)]{1,120}[\s>);,\"]{0,6}(?:[^\W\d_]{1,8} )?[^\W\d_]+(?:\([^)]{1,3}\))? ?[:：]$"
)
_DAY = re.compile(r"\b(?:19|20)\d\d(?!\d)|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{4} ?[年년]")
_HOUR = re.compile(r"\d{1,2}[:.hH時时시] ?\d{2}|\d ?[AaPp]\.?[Mm]\b")
_STAMPED = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2},? \d{1,2}:\d{2}.{0,80} [写寫]道")
_STORY = re.compile(r"[。！？；]|\b(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he) wrote")
_UNSAID = (  # a date, a name, and no "wrote"
    re.compile(
        r"(?:\d{4}[-/]|[^\W\d]{0,12}[.,]{0,2} ?\d(?=.{0,310}[:：]$))[^<>@]{4,120}"
        r"< ?[^<>@\s]{1,90}@[^<>@\s]{1,120} ?> ?[:：]?"
    ),
    re.compile(r"20\d\d-\d\d-\d\d \d?\d:\d\d GMT[+-]\d\d:\d\d [^:<>]{1,60}:?"),
)

# what stands above a whole mail that was answered or passed on; a head after it tells others
_TITLES = (
    "original(?: message)?|forwarded (?:message|by .{1,60})|reply message|urs?prüngliche nachricht"
    "|weitergeleitete nachricht|message (?:d'origine|original|transféré)|mensaje (?:original"
    "|reenviado)|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)|(?:oorspron"
    "kelijk|doorgestuurd) bericht|исходное сообщение|пересылаемое сообщение|원본 메[시세]지"
    "|전달된 메[시세]지|元のメッセージ|転送メッセージ|begin pgp signature|"
    "(?:(?:回复|转发|轉寄|回覆)?的?(?:原始?|转发|轉寄)?(?:邮件|郵件|信件|訊息)(?:原件|信息)?)"
)
_FORWARDED = re.compile(
    rf"[-—_*\s]{{2,}}(?:{_TITLES})[-—_*\s]{{2,}}[:：]?"
    r"|(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message"
    r" (?:réexpédié|transféré)|inicio del mensaje reenviado|início da mensagem (?:encaminhada"
    r"|reenviada)|inizio messaggio inoltrato|begin doorgestuurd bericht|vidarebefordrat brev"
    r"|videresendt (?:besked|melding)|開始轉寄郵件|开始转发的?邮件|下面是被转发的邮件"
    r"|転送されたメッセージ|받은 메시지)\s?[:：]",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"[-—_=*]{{3,}}.{{2,40}}[-—_=*]{{3,}}|{_TITLES}", re.IGNORECASE)
_FIELDS = {
    name: kind
    for kind, names in {
        "from": "from von de da van från fra lähettäjä od от від feladó gönderen kimden dela από từ"
        " dari expéditeur remitente mittente afzender 发件人 發件人 寄件者 寄件人 差出人 送信者"
        " 보낸사람 보낸이 发送人 发信人",
        "sent": "sent date gesendet datum envoyé enviado enviada data inviato verzonden skickat"
        " sendt dato lähetetty päivämäärä wysłano odesláno dátum отправлено дата надіслано"
        " elküldve küldve gönderildi tarih trimis ημερομηνία ngày tanggal fecha"
        " 发送时间 发件时间 发送日期 日期 發送時間 寄件日期 送信日時 日時 日付 보낸날짜 날짜",
        "to": "to an à a para aan till til vastaanottaja do komu кому címzett alıcı kime către προς"
        " đến kepada destinataire destinatario 收件人 收件者 宛先 받는사람 받는이",
        "copy": "cc kopie copie kopi kopia kopio копия copia dw 抄送 抄送人 副本 참조",
        "about": "subject betreff objet asunto assunto oggetto onderwerp ämne emne aihe temat"
        " předmět predmet тема tárgy konu subiect θέμα chủđề subjek 主题 主題 主旨 件名 제목",
    }.items()
    for name in names.split()
}
_FIELD = re.compile(r"[\s*_]{0,4}([^:：|]{1,20}?)[\s*]{0,4}[:：]")
_IN_A_ROW = re.compile("(发件人|发送时间|日期|收件人|主题|寄件者|寄件日期|收件者|主旨)[:：]")

_APP = (  # what signs for a person in the West, and in China
    r"iphone|ipad|ipod|mac|android|handy|(?:smart|cell|mobile)?phone|mobil\w*|tablet|device|outlook"
    r"|samsung|galaxy|huawei|xiaomi|nokia|blackberry|yahoo|gmail|windows|proton|airmail|aol"
    r"|thunderbird|téléphone|portable|móvil|telemóvel|celular|tele[fp]\w*|puhelin\w*|телефон\w*"
)
_HAND = (
    "(?:iphone|ipad|mac|android|安卓|华为|華為|荣耀|小米|红米|oppo|vivo|三星|samsung|魅族|一加|realme"
    "|手机|手機|平板|qq|foxmail|outlook|gmail|yahoo|网易|阿里|新浪|企业微信|钉钉|邮箱|移动)"
    "[a-z0-9 .+/()-]{0,20}(?:手机|手機|平板|客户端|版|邮箱|大师){0,2}"
)
_SIGNS = re.compile(
    rf"[(<\[* ]{{0,3}}(?:sent (?:from|via|with|by|using) (?:\w+ ){{0,3}}(?:{_APP})\b.{{0,40}}"
    rf"|(?:\w{{1,20}} )?from (?:my )?(?:{_APP})(?: \w{{1,8}})?|get outlook for .{{1,60}}"
    r"|(?:envoyé|gesendet|inviato|sendt|skickat|från min|enviad[oa]|verzonden|verstuurd|lähetetty"
    r"|wysłan[eo]|odesláno|odoslané|отправлено|надіслано|trimis|küldve|dikirim|von meinem"
    rf"|diese nachricht wurde)\b.{{0,40}}\b(?:{_APP})\b.{{0,60}}"
    rf"|(?:发|發|传|傳|寄|发送)自(?:我的)? ?{_HAND}|来自(?:我的)? ?.{{0,6}}(?:邮箱|客户端).{{0,4}}"
    rf"|(?:从|從|由|通过)我的 ?{_HAND} ?(?:发送|发出|傳送|寄出)?"
    rf"|(?:从|從|由|通过) ?{_HAND} ?(?:发送|发出|傳送|寄出)|签名由.{{1,16}}定制"
    rf"|{_HAND}(?:から送信|에서 보냄)|나의 \w{{1,12}}에서 보냄"
    r"|-----BEGIN PGP SIGNED MESSAGE-----|Hash: \w{1,20}|Unsubscribe: \S{1,90})[)>\]*.。 ]{0,3}",
    re.IGNORECASE,
)
_ALONE = (  # what a line is by itself; the first that fits
    (re.compile(""), _BLANK),
    (_SIGNS, _SIGN),
    (_FORWARDED, _MARK),
    (re.compile(r"[-_=+~#*—–─━]{2,}|[ᐧ—]|\|[|\s]*"), _RULE),
    (re.compile(r"[A-Za-z]{0,15}>.*|\|.*[^|]"), _QUOTE),
    (re.compile(".*", re.DOTALL), _TEXT),
)
_DASHES = ("--", "—", "ᐧ")  # RFC 3676, 4.3, and what became of it
_DIGIT_OR_AT = re.compile(r"[\d@]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CLAUSES = re.compile("[。！？]|，[\u4e00-\u9fff]{6}")
_CONTACT = re.compile(
    r"(?:地址|电话|電話|手机|邮箱|邮编|传真|微信|tel|qq|mobile|\b[tmea])\s*[:：]|公司\s*$|集团|@|www[.]",
    re.IGNORECASE | re.MULTILINE,
)
_FOOTER = re.compile("保密|机密|機密|免责|免責|confidential|intended recipient", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words in one piece as they stand in the text; `quoted`: to be folded away in a view."""

    words: str
    quoted: bool


def own_words(text: str) -> str:
    """What the person newly wrote, without blanks around it."""
    return "".join(one.words for one in folded(text) if not one.quoted).strip()


def folded(text: str) -> tuple[Stretch, ...]:
    """The whole text in order, parted into own and quoted stretches; joined it is the text again.

    A quote that is answered beneath stays with the answers, which mean little without it. Where
    everything would be folded nothing is: somebody may write within the quote alone.
    """
    lines = text.splitlines(keepends=True)
    bare = [line.strip().strip("\u200b\ufeff ")[:_JUDGED] for line in lines]
    hidden = _hidden(_kinds(bare), bare)
    pieces = groupby(range(len(lines)), key=hidden.__getitem__)
    return tuple(Stretch("".join(lines[i] for i in piece), quoted) for quoted, piece in pieces)


def _hidden(kinds: list[int], lines: list[str]) -> list[bool]:
    """Which lines are folded."""
    texts = [i for i, kind in enumerate(kinds) if kind == _TEXT]
    if not texts:
        return [False] * len(kinds)
    start, end = texts[0], texts[bisect(texts, _end(kinds, lines, texts) - 1) - 1] + 1
    if _MARK not in kinds[:start] or _QUOTE in kinds[start:end]:
        start = 0
    hidden, was = [], False
    for i, kind in enumerate(kinds):
        if kind != _BLANK:  # a blank line goes with what stands before it
            was = not start <= i < end or kind in (_SIGN, _MARK, _HEAD)
        hidden.append(was)
    return hidden


def _end(kinds: list[int], lines: list[str], texts: list[int]) -> int:
    """The line from which on nothing is the person's own."""
    marks = [i for i, kind in enumerate(kinds) if kind in (_MARK, _HEAD)] + [len(kinds)]
    last_quote = max((i for i, kind in enumerate(kinds) if kind == _QUOTE), default=-1)
    follows = _follows(kinds)
    for at in range(texts[0], len(kinds)):
        if kinds[at] not in (_RULE, _MARK, _HEAD):
            continue
        after = bisect(texts, at)
        if after == len(texts):
            return at
        ruled = kinds[at] == _RULE
        until = marks[bisect(marks, at if ruled else texts[after])]
        below = [lines[i] for i in texts[after : after + _TAIL + 1] if i < until]
        if ruled:
            ends = _is_tail(below, sure=lines[at] in _DASHES)
        elif follows[at] == _QUOTE or lines[at].startswith(">"):
            ends = texts[after] > last_quote and len(below) < _AFTERTHOUGHT and _is_tail(below)
        else:
            ends = True  # whatever comes after an unmarked quote is taken for part of it
        if ends:
            return at
    return len(kinds)


def _follows(kinds: list[int]) -> list[int]:
    """For each line the kind of the next one that is neither blank nor an attribution."""
    follows, nearest = [], _BLANK
    for kind in reversed(kinds):
        follows.append(nearest)
        if kind not in (_BLANK, _MARK):
            nearest = kind
    return follows[::-1]


def _is_tail(lines: list[str], *, sure: bool = False) -> bool:
    """Whether lines at the end are a signature or a footer: few, and in Chinese no sentences."""
    words = "\n".join(takewhile(lambda line: not _FOOTER.search(line), lines))
    said = _CLAUSES.search(words) or not (sure or _CONTACT.search(words))
    return len(lines) <= _TAIL and not (_HAN.search(words) and said)


def _kinds(lines: list[str]) -> list[int]:
    """What each line is, a quote within a quote being no more than a quote."""
    kinds = [next(kind for form, kind in _ALONE if form.fullmatch(line)) for line in lines]
    for start, stop in _heads(lines):
        kinds[start:stop] = [_HEAD] * (stop - start)
    bare = [line.removeprefix(">").strip() for line in lines]
    said = [bool(_WROTE_UNSPACED.search(line) or _WROTE & {*_WORD.findall(line)}) for line in bare]
    follows = _follows(kinds)
    for i in range(len(lines)):
        if kinds[i] in (_TEXT, _QUOTE):
            size = _attribution(bare, said, kinds, i, before_quote=follows[i] == _QUOTE)
            kinds[i + 1 - size : i + 1] = [_MARK] * size
    return kinds


def _heads(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Where lines such as "From: ... Sent: ... Subject: ..." stand together, as programs set them.

    A parcel has a sender and a recipient too, but no subject. What a Chinese line ending in a
    colon leads to was put there by the person.
    """
    fields = [_fields(line) for line in lines]
    i, title = 0, 0
    while i < len(lines):
        if not fields[i]:
            title = i if lines[i] else title
            i += 1
            continue
        stop = j = i + 1
        while j < len(lines) and j - stop < 3:  # a field may go on in the next lines
            j += 1
            stop = j if fields[j - 1] else stop
        names = frozenset[str]().union(*fields[i:stop])
        whole = "about" in names or any("@" in line for line in lines[i:stop])
        before = lines[title] if title < i else ""
        told = before.endswith("：") or (before.endswith(":") and bool(_HAN.search(before)))
        if "from" in names and len(names) > 2 and whole and not told:
            yield title if _TITLED.fullmatch(before) else i, stop
        i = title = stop


def _fields(line: str) -> frozenset[str]:
    """Which fields of a mail's head a line holds."""
    if not (found := _FIELD.match(line)):
        return frozenset()
    names = (re.sub(r"\s", "", name).casefold() for name in (found[1], *_IN_A_ROW.findall(line)))
    return frozenset(_FIELDS[name] for name in names if name in _FIELDS)


def _attribution(
    lines: list[str], said: list[bool], kinds: list[int], last: int, *, before_quote: bool
) -> int:
    """How many lines up to this one say together who wrote on which day; 0 if they do not."""
    if not lines[last].endswith((":", "：", "-", ">")) and "GMT" not in lines[last]:
        return 0
    words, wrote, found = "", False, 0  # a line more each time, from the last one up
    for size in range(1, min(_WRAPPED, last + 1) + 1):
        line = lines[last + 1 - size]
        words, wrote = f"{line} {words}".strip(), wrote or said[last + 1 - size]
        over = size > 1 and line.endswith((".", "!", "?"))
        if over or kinds[last + 1 - size] in (_MARK, _HEAD) or len(words) > _LONGEST:
            break
        if line and _is_attribution(words, wrote=wrote, before_quote=before_quote):
            if _ON.match(words):
                return size
            if not found or lines[last + 1 - found].startswith("<"):
                found = size
    return found


def _is_attribution(words: str, *, wrote: bool, before_quote: bool) -> bool:
    if not _DIGIT_OR_AT.search(words):
        return False
    if not wrote:
        return any(form.fullmatch(words) for form in _UNSAID) and bool(_DAY.search(words))
    if words.endswith(">") or _STORY.search(words):
        return False
    dated = bool(_DAY.search(words))
    if _WROTE_UNSPACED.search(words):
        return bool(_ADDRESS.search(words) or _STAMPED.search(words) or (dated and before_quote))
    timed = bool(_HOUR.search(words))
    if not (dated or timed):
        return bool(_ADDRESS_WROTE.search(words))
    return bool(_ADDRESS.search(words) or _ON.match(words) or (dated and timed))
