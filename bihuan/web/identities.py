"""How surely somebody is known, in words for both faces (1.2 ①)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LEVELS = {
    "none": _("未验证"),
    "contact": _("联系方式已验证"),
    "declared": _("已申报，待核验"),
    "verified": _("已核验"),
}
TONES = {"none": "", "contact": "info", "declared": "warn", "verified": "ok"}
#: What is still to be done for a level.
DEMANDED = {
    "contact": _("验证联系方式"),
    "declared": _("申报姓名和证件"),
    "verified": _("申报并由专人核验姓名和证件"),
}
DOCUMENTS = {
    "id_card": _("居民身份证或居住证"),
    "permit": _("港澳台居民来往通行证"),
    "passport": _("护照"),
}
BASES = {
    "consent": _("您的单独同意"),
    "contract": _("履行服务合同所必需，证件号码另需您单独同意"),
    "legal_duty": _("履行法定义务所必需，证件号码另需您单独同意"),
}
WAYS = {
    "papers": _("核对了用户另行提供的证件材料"),
    "counter": _("当面核对了证件原件"),
    "authority": _("经权威核验渠道比对一致"),
}
#: Why a check failed, as staff choose it and as the person reads it.
REASONS = {
    "mismatch": (_("姓名与证件不一致"), _("姓名与证件号码对不上，请按证件重新填写。")),
    "unreadable": (_("证件材料无法辨认"), _("证件材料无法辨认，请重新申报并按要求补充材料。")),
    "expired": (_("证件已过有效期"), _("证件已过有效期，请换领后重新申报。")),
    "taken": (
        _("证件已用于另一账户"),
        _("这份证件已用于另一账户的实名核验，请从那个账户提出，或先在那个账户撤回。"),
    ),
    "not_own": (_("不是本人的证件"), _("填写的不是您本人的证件，请用本人的证件重新申报。")),
}
MISSING = "identity_"


def missing(codes: list[str]) -> str:
    """What the person must still do, of the codes of what a step waits for; "" when nothing."""
    named = [code.removeprefix(MISSING) for code in codes if code.startswith(MISSING)]
    return "、".join(str(DEMANDED[level]) for level in named if level in DEMANDED)
