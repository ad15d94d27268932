"""The demo's pen: a mail written on a page and handed to the house by its own SMTP server."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from bihuan.core.ports import Undeliverable
from bihuan.notify.providers import letter as letters
from bihuan.notify.providers.mailbox import Letter

_SECONDS = 10.0
_FILE_MOST = 5_000_000


class PenForm(forms.Form):
    """A mail to the house, by anybody: this is the demo."""

    sender = forms.CharField(label=later("发件邮箱"), max_length=120)
    subject = forms.CharField(label=later("主题"), max_length=120)
    text = forms.CharField(label=later("正文"), widget=forms.Textarea(attrs={"rows": 7}))
    photo = forms.FileField(label=later("附件"), required=False)

    def clean_sender(self) -> str:
        """Exactly one address."""
        try:
            return letters.address(self.cleaned_data["sender"].strip()).addr_spec
        except Undeliverable:
            raise forms.ValidationError(later("请填写一个邮箱地址")) from None

    def clean_photo(self) -> UploadedFile[Any] | None:
        """Not larger than a demo needs."""
        photo: UploadedFile[Any] | None = self.cleaned_data["photo"]
        if photo and (photo.size or 0) > _FILE_MOST:
            raise forms.ValidationError(later("附件请不超过 5 MB"))
        return photo


def answered(letter: Letter) -> dict[str, str]:
    """What an answer to this letter begins with."""
    again, title = _("回复：{title}"), letter.subject
    known = title.startswith(again.partition("{")[0])
    return {"sender": letter.to, "subject": title if known else again.format(title=title)}


def hand_in(values: Mapping[str, Any], letter: Letter | None, at: datetime) -> None:
    """Send it as a mail program does. OSError when the house takes no mail just now."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"] = Address(addr_spec=values["sender"]), values["subject"]
    mail["Date"], mail["Message-ID"] = at, f"<{at.timestamp()}@demo.example.com>"
    text = str(values["text"])
    to = settings.MAIL_ADDRESSES[0]
    if letter:
        mail["In-Reply-To"] = mail["References"] = letter.message_id
        quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
        wrote = _("在 {at}，{who} 写道：").format(
            at=f"{letter.at:%Y-%m-%d %H:%M:%S}", who=f"<{to}>"
        )
        text = f"{text}\n\n{wrote}\n{quoted}\n"
    mail["To"] = Address(addr_spec=to)
    mail.set_content(text)
    if photo := values.get("photo"):
        kind, _slash, part = (photo.content_type or "application/octet-stream").partition("/")
        mail.add_attachment(photo.read(), maintype=kind, subtype=part, filename=photo.name)
    if settings.SMTP_LISTEN is None:
        raise ConnectionRefusedError("no server of ours listens")
    with smtplib.SMTP(*settings.SMTP_LISTEN, timeout=_SECONDS) as server:
        server.send_message(mail, values["sender"], [to])
