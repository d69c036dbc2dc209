"""One notice as an e-mail: plain text that says everything, the same as HTML, and marks that keep it out of loops."""

from __future__ import annotations

from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

from jinja2 import Environment, StrictUndefined, Template

from adapters.notify.links import Links
from domain.effects import Message
from domain.errors import BadInput
from domain.telling.records import Living
from domain.telling.words import facts

_HTML = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body style="font-family:sans-serif;color:#1b1b1b;max-width:42em">
<p style="font-size:1.2em"><strong>{{ headline }}</strong>{% if title %}<br>{{ title }}{% endif %}</p>
{% if action %}<p>Please {{ action }}.</p>{% endif %}
{% if links %}<p>{% for label, url in links %}<a href="{{ url }}">{{ label }}</a>{{ "" if loop.last else " · " }}\
{% endfor %}</p>{% endif %}
{% if rows %}<table style="border-collapse:collapse">{% for label, value in rows %}
<tr><th style="text-align:left;vertical-align:top;padding:2px 12px 2px 0">{{ label }}</th><td>{{ value }}</td></tr>\
{% endfor %}</table>{% endif %}
{% if reasons %}<p>Risk {{ risk }}:</p><ul>{% for reason in reasons %}
<li>{{ "%+d" | format(reason.points) }} {{ reason.text }}</li>{% endfor %}</ul>{% endif %}
<pre style="white-space:pre-wrap;font-family:inherit">{{ text }}</pre>
</body></html>
"""


def mail_of(
    tenant: str, key: str, message: Message, at: datetime, standing: Living | None, *, sender: str, links: Links
) -> EmailMessage:
    """The whole mail. Raises `BadInput` when the recipient is not one address.

    `Message-ID` is made from the effect's key, so a mail sent again has the same; later states of an escalation answer
    the first one, so that mail programs show them as one conversation.
    """
    mail = EmailMessage(policy=SMTP)
    domain = sender.partition("@")[2]
    mail["From"] = sender
    mail["To"] = one_address(message.to)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Tierwise-Notice"] = f"{tenant} {key}"
    mail["X-Tierwise-Ticket"] = " ".join(message.ticket_id.split())
    if message.critical:
        mail["Importance"] = "high"
    if standing is not None and standing.reference:
        mail["In-Reply-To"] = standing.reference
        mail["References"] = standing.reference
    offered = links.of(tenant, message)
    below = "".join(f"\n{label}: {url}" for label, url in offered)
    mail.set_content(f"{message.text}\n{below}\n" if below else message.text)
    if message.content is not None:
        mail.add_alternative(_html(message, offered), subtype="html")
    return mail


def one_address(text: str) -> Address:
    """The address. Raises `BadInput`: they come from tickets, and line breaks or commas would reach others."""
    try:
        return Address(addr_spec=text.strip())
    except (ValueError, HeaderParseError, IndexError) as error:
        raise BadInput(
            f"{text!r} cannot be an address", mend="correct the e-mail address in the helpdesk or the policy"
        ) from error


def _html(message: Message, links: tuple[tuple[str, str], ...]) -> str:
    content = message.content
    if content is None:
        raise ValueError("only notices with content have an HTML part")
    return _template().render(
        subject=message.subject, headline=content.headline, title=f"{content.ticket_id} {content.title}",
        action="" if content.acknowledged else content.requested_action, links=links,
        rows=facts(content, message.zone), risk=content.risk, reasons=content.reasons,
        # A template's own words stand for themselves; the usual text repeats what the table says.
        text=content.details if content.details and content.details in message.text else message.text,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _template() -> Template:
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_HTML)
