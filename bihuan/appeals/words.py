"""What appeals are called on pages of both faces."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: state: tone of its pill, icon, words
STATES = {
    "filed": ("warn", "inbox", _("待受理")),
    "in_review": ("info", "search-check", _("复核中")),
    "decided": ("ok", "gavel", _("已裁决")),
    "declined": ("hot", "circle-x", _("不予受理")),
    "withdrawn": ("", "undo-2", _("已撤回")),
    "lapsed": ("", "circle-off", _("已终止")),
}
OUTCOMES = {
    "dismissed": _("维持原处理结果"),
    "upheld": _("申诉成立，由他人重新处理"),
    "varied": _("申诉成立，变更处理结果"),
}
ABOUT = {"result": _("处理结果"), "decline": _("不予受理"), "delay": _("逾期未处理")}
TIES = {
    "touched": _("经办过这件案件"),
    "team": _("所在部门经办过"),
    "merchant": _("近一年经办过同一商家的案件"),
    "interest": _("与商家有利害关系"),
    "role": _("没有这一级的复核权限"),
}
INTERESTS = {
    "former_employee": _("曾在该商家任职"),
    "family": _("亲属在该商家任职或持股"),
    "holding": _("持有该商家股份"),
    "business": _("与该商家有生意往来"),
    "other": _("其他可能影响公正的关系"),
}
DECLINES = {
    "not_the_person": _("申诉人不是本案当事人"),
    "before_a_court": _("同一争议已由法院、仲裁机构或主管部门受理"),
    "abusive": _("同样的内容反复提出，没有新的理由"),
    "no_matter": _("没有具体的事项"),
}
#: why nothing can be appealed against now
REFUSED = {
    "nothing_told": _("这件还没有告知结果，也没有超过时限。有了结果或到期没有结果，就可以申诉。"),
    "merged": _("这件已并入另一件，请对那一件的结果提出申诉。"),
    "withdrawn": _("这件已撤回，没有可以申诉的结果。需要时可以另行投诉。"),
    "too_late": _("自告知结果之日起已满三年，平台不再受理申诉。您仍可以走平台以外的途径。"),
    "decided_here": _("平台内的两级申诉都已作出决定。仍不同意的，可以走平台以外的途径。"),
}
