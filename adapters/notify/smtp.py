"""Mail over SMTP: encrypted where the server offers it, with a time limit, temporary and final refusals told apart."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from typing import ClassVar, Literal

from adapters.notify.links import Links
from adapters.notify.mail import mail_of
from domain.base import Record
from domain.effects import Message
from domain.errors import BadInput, MaybeDone, Misconfigured, TierwiseError, Unavailable
from domain.telling.records import Living

_TIMEOUT = 20.0
"""Seconds for each answer of the server."""
Security = Literal["starttls", "tls", "none"]


class Server(Record):
    """Where mail is handed in, and how."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str | None = None
    password: str | None = None


class SmtpChannel:
    """Implements `domain.helpdesk.Channel`. A repeat has the same Message-ID; what can be doubled is a mail whose
    handing in was cut off after its text, where the servers on its way do not drop repeats by that id."""

    edits: ClassVar[bool] = False

    def __init__(self, server: Server, sender: str, links: Links) -> None:
        self._server = server
        self._sender = sender
        self._links = links

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Hands the mail in; its Message-ID."""
        mail = mail_of(tenant, key, message, at, standing, sender=self._sender, links=self._links)
        with self._session() as session:
            try:
                session.send_message(mail, from_addr=self._sender, to_addrs=[mail["To"].addresses[0].addr_spec])
            except smtplib.SMTPRecipientsRefused as error:
                code, _ = next(iter(error.recipients.values()))
                raise _refusal(code, "the recipient") from None
            except smtplib.SMTPSenderRefused as error:
                raise _refusal(error.smtp_code, "the sender") from None
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, "the mail") from None
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                raise MaybeDone(f"the mail server went away in the middle ({type(error).__name__})") from None
        return str(mail["Message-ID"])

    def check(self) -> str:
        """Signs in and says hello. Raises what `send` raises."""
        with self._session() as session:
            code, _ = session.noop()
        return f"{self._server.host}:{self._server.port} answers {code}"

    def _session(self) -> _Quiet:
        server = self._server
        context = ssl.create_default_context()
        try:
            if server.security == "tls":
                session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=context)
            else:
                session = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
                if server.security == "starttls":
                    session.starttls(context=context)
            if server.user is not None:
                session.login(server.user, server.password or "")
        except smtplib.SMTPAuthenticationError as error:
            raise _signing_in(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError as error:
            raise Misconfigured(
                f"the mail server cannot do that: {error}", mend="check TIERWISE_SMTP_SECURITY and the user"
            ) from None
        except ssl.SSLCertVerificationError as error:
            raise Misconfigured(
                f"the mail server's certificate is not trusted: {error.verify_message}", mend="use its real name"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable(f"the mail server cannot be reached ({type(error).__name__})", mend="try again") from None
        return _Quiet(session)


class _Quiet:
    """A session that is closed without a complaint: what was handed in is handed in."""

    def __init__(self, session: smtplib.SMTP) -> None:
        self._session = session

    def __enter__(self) -> smtplib.SMTP:
        return self._session

    def __exit__(self, *_: object) -> None:
        try:
            self._session.quit()
        except (smtplib.SMTPException, OSError):
            self._session.close()


def _refusal(code: int, what: str) -> TierwiseError:
    if 400 <= code < 500:
        return Unavailable(f"the mail server does not take {what} now ({code})", mend="try again")
    return BadInput(f"the mail server refuses {what} ({code})", mend="check the address and the sender")


def _signing_in(code: int) -> TierwiseError:
    if 400 <= code < 500:
        return Unavailable(f"the mail server does not let us in now ({code})", mend="try again")
    return Misconfigured(f"the mail server refuses the user ({code})", mend="check TIERWISE_SMTP_USER and the password")
