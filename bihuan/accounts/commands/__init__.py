"""What this room can do; other rooms import from here."""

from bihuan.accounts.commands.case_links import forget_links, lend
from bihuan.accounts.commands.codes import Issued, issue_code, use_code
from bihuan.accounts.commands.duty import (
    check_absence,
    drop_qualification,
    end_absence,
    mark_absent,
    overlapping,
    set_demands,
    set_qualification,
    set_shifts,
)
from bihuan.accounts.commands.identity import (
    declare_identity,
    lapse_identities,
    open_identity,
    refuse_identity,
    verify_identity,
    withdraw_identity,
)
from bihuan.accounts.commands.keys import set_keys
from bihuan.accounts.commands.people import (
    complete,
    register_person,
    set_preferences,
    update_contact,
)
from bihuan.accounts.commands.reaching import mail_failed, mail_works, speaks
from bihuan.accounts.commands.recognising import (
    COLUMNS,
    MADE,
    Recognised,
    recognise,
    recognise_all,
)
from bihuan.accounts.commands.revealing import look, reveal
from bihuan.accounts.commands.staff import (
    create_department,
    create_merchant,
    create_staff,
    give_link,
    set_first_password,
    set_first_passwords,
    set_on_duty,
    start_link,
)
from bihuan.accounts.commands.tokens import create_token, revoke_token
from bihuan.accounts.commands.wechat import (
    bind_wechat,
    person_on_wechat,
    unbind_wechat,
    wechat_left,
)
from bihuan.accounts.rules import Contact, cleaned

__all__ = [
    "COLUMNS",
    "MADE",
    "Contact",
    "Issued",
    "Recognised",
    "bind_wechat",
    "check_absence",
    "cleaned",
    "complete",
    "create_department",
    "create_merchant",
    "create_staff",
    "create_token",
    "declare_identity",
    "drop_qualification",
    "end_absence",
    "forget_links",
    "give_link",
    "issue_code",
    "lapse_identities",
    "lend",
    "look",
    "mail_failed",
    "mail_works",
    "mark_absent",
    "open_identity",
    "overlapping",
    "person_on_wechat",
    "recognise",
    "recognise_all",
    "refuse_identity",
    "register_person",
    "reveal",
    "revoke_token",
    "set_demands",
    "set_first_password",
    "set_first_passwords",
    "set_keys",
    "set_on_duty",
    "set_preferences",
    "set_qualification",
    "set_shifts",
    "speaks",
    "start_link",
    "unbind_wechat",
    "update_contact",
    "use_code",
    "verify_identity",
    "wechat_left",
    "withdraw_identity",
]
