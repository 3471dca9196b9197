"""The outbox: every mail that the portal wrote, how its delivery went, the message as it is, and one more try.

Who may see which mail is said in `portal.notifications.policies`.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

from flask import request

from portal.kernel.errors import NotFoundError
from portal.kernel.i18n import Message, msg
from portal.kernel.permissions import ADMINISTRATOR
from portal.notifications import policies, queries, reading, services, wording
from portal.notifications.jobs import MOST_ATTEMPTS
from portal.web.access import Area, Context
from portal.web.results import Page, Redirect, page

area = Area("admin_mail", __name__, "/admin/mail")
_PAGE: Final = 50
#: What the list shows beside the mails of one status: all that a try did not deliver.
_UNDELIVERED: Final = "undelivered"
STATUS_WORDS: Final[dict[str, tuple[Message, str, str]]] = {
    # status: word, kind of badge, icon
    "waiting": (msg("Waiting"), "info", "clock"),
    "sent": (msg("Sent"), "success", "check"),
    "failed": (msg("Failed"), "danger", "error"),
}


def _statuses(c: Context) -> dict[str, tuple[Message, str, str]]:
    """The words for a status. Where no mail leaves the portal, none was sent."""
    return {**STATUS_WORDS, "sent": (msg("Kept"), "neutral", "check")} if _keeps(c) else STATUS_WORDS


def _keeps(c: Context) -> bool:
    return c.settings.mail_url == "outbox:"


def _ministries(c: Context) -> frozenset[int] | None:
    """Whose mails this person sees; None: everybody's."""
    return policies.whose_mails(c.actor, demo=c.settings.demo)


def _number(name: str) -> int | None:
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else None


@area.view("/", ADMINISTRATOR)
def show_all(c: Context) -> Page:
    """The mails, newest first; all, those of one status, or those that could not be delivered."""
    status = request.args.get("show", "")
    status = status if status in (*STATUS_WORDS, _UNDELIVERED) else ""
    found = queries.mails(
        c.session, _ministries(c), status=status if status in STATUS_WORDS else None,
        undelivered=status == _UNDELIVERED, limit=_PAGE, before=_number("before"), after=_number("after"))

    def turned(name: str, mail_id: int | None) -> str | None:
        return None if mail_id is None else "/admin/mail/?" + urlencode({"show": status or "all", name: mail_id})

    return page("admin/mail.html", lines=found.lines, shown=status, statuses=_statuses(c),
                undelivered=queries.undelivered(c.session, _ministries(c)), keeps=_keeps(c),
                what_happened=wording.what_happened,
                newer_url=turned("after", found.newer_than), older_url=turned("before", found.older_than))


def _found(c: Context, mail_id: int) -> tuple[queries.MailLine, bytes]:
    found = queries.mail(c.session, mail_id) if mail_id < 2**63 else None
    if found is None or not policies.can_see_mail(c.actor, found[0].ministry_id, demo=c.settings.demo):
        raise NotFoundError(msg("There is no such mail."))
    return found


@area.view("/<int:mail_id>", ADMINISTRATOR)
def show(c: Context, mail_id: int) -> Page:
    """One message: headers, text and source. The secret links are shown in the demonstration only."""
    line, message = _found(c, mail_id)
    readable = reading.read(message, secrets=c.settings.demo)
    return page("admin/mail_message.html", line=line, mail=readable, statuses=_statuses(c), most=MOST_ATTEMPTS,
                keeps=_keeps(c), what_happened=wording.what_happened,
                words=_with_links(readable.text, c.settings.base_url if c.settings.demo else None))


def _with_links(text: str, base_url: str | None) -> list[tuple[str, str | None]]:
    """The text in pieces, each with the address it leads to, if any: in the demonstration the links of its own mails
    are to be tried. Anywhere else nothing is made a link, for staff should not act in another person's name."""
    if base_url is None:
        return [(text, None)]
    own = re.compile(f"({re.escape(base_url)}/\\S*)")
    return [(part, part if own.fullmatch(part) else None) for part in own.split(text) if part]


@area.view("/<int:mail_id>/send-again", ADMINISTRATOR, methods=("POST",))
def send_again(c: Context, mail_id: int) -> Redirect:
    """Try a failed mail again."""
    line, _ = _found(c, mail_id)
    services.send_again(c.session, c.actor, line.id, demo=c.settings.demo, now=c.now)
    return Redirect(f"/admin/mail/{line.id}", notice=msg("The mail is being sent again."))
