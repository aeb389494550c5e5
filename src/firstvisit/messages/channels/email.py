"""E-mail over SMTP, one connection for many messages.

The message is built with the standard library's older classes: its newer ones parse every header they are
given, which cost more processor time than everything else that the outbox does.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr, formatdate
from urllib.parse import unquote, urlsplit

from django.conf import settings

from firstvisit.kernel import addresses, clock
from firstvisit.kernel.errors import ConnectorError
from firstvisit.messages.channels import Unclear
from firstvisit.messages.templates import Text
from firstvisit.practice import queries

SECONDS = 15


class _Smtp:
    def __init__(self, client: smtplib.SMTP) -> None:
        self._client = client

    def send(self, *, address: str, text: Text, message_id: str, sender: str) -> None:
        """Hand one message over. `message_id` is ours and stays the same for the same message."""
        mail = _mail(text)
        mail["From"] = formataddr((sender, settings.MAIL_FROM))
        mail["To"] = address
        mail["Subject"] = text.subject if text.subject.isascii() else Header(text.subject, "utf-8").encode()
        mail["Date"] = formatdate()
        mail["Message-ID"] = f"<{message_id}@{settings.MAIL_FROM.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-replied"
        if text.stop:
            mail["List-Unsubscribe"] = f"<{text.stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if any("\n" in value or "\r" in value for value in (sender, address, text.subject)):
            raise ConnectorError("a header may not hold a line break", temporary=False)
        if not address.isascii():
            raise ConnectorError("the address has letters that mail servers do not take", temporary=False)
        self._envelope(address)
        try:
            _accepted(*self._client.data(mail.as_string()))
        except smtplib.SMTPDataError as error:
            _accepted(error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            raise Unclear(type(error).__name__) from None

    def _envelope(self, address: str) -> None:
        """From whom and to whom. However this ends, no text has left, so a later try is safe."""
        try:
            self._client.ehlo_or_helo_if_needed()
            try:
                _accepted(*self._client.mail(settings.MAIL_FROM))
                _accepted(*self._client.rcpt(address))
            except ConnectorError:
                self._client.rset()
                raise
        except (smtplib.SMTPException, OSError) as error:
            raise ConnectorError(f"line broke: {type(error).__name__}", temporary=True) from None


def _mail(text: Text) -> MIMEText | MIMEMultipart:
    """The words, and beside them the visits as a calendar reads them (RFC 6047)."""
    words = MIMEText(text.body, "plain", "us-ascii" if text.body.isascii() else "utf-8")
    if not text.calendars:
        return words
    both = MIMEMultipart("mixed")
    both.attach(words)
    for number, one in enumerate(text.calendars, start=1):
        visit = MIMEText(one.text, "calendar", "utf-8")
        visit.set_param("method", one.method)
        name = "visit.ics" if number == 1 else f"visit-{number}.ics"
        visit["Content-Disposition"] = f'attachment; filename="{name}"'
        both.attach(visit)
    return both


def _accepted(code: int, text: bytes = b"") -> None:
    """ConnectorError unless the server said yes; 4xx asks for a later try."""
    if not 200 <= code < 300:
        raise ConnectorError(f"refused with {code}", temporary=code < 500)


@contextmanager
def session() -> Iterator[_Smtp]:
    """An open SMTP session from SMTP_URL (smtp:// , smtps:// or smtp+starttls://, user and password optional).

    ConnectorError(temporary=True) when the server cannot be reached: nothing has left. The same while the server
    is a vendor's and no agreement with one for e-mail is in force (45 CFR 164.504(e)); our own need none.
    """
    parts = urlsplit(settings.SMTP_URL)
    host, port = parts.hostname or "127.0.0.1", parts.port or 25
    today = clock.now().astimezone(queries.home_zone()).date()
    if not addresses.is_ours(host) and queries.agreement_for("email", today) is None:
        raise ConnectorError("no vendor agreement for e-mail is in force", temporary=True)
    try:
        client: smtplib.SMTP
        if parts.scheme == "smtps":
            client = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
        else:
            client = smtplib.SMTP(host, port, timeout=SECONDS)
            if parts.scheme == "smtp+starttls":
                client.starttls(context=ssl.create_default_context())
        if parts.username:
            client.login(unquote(parts.username), unquote(parts.password or ""))
    except (smtplib.SMTPException, OSError) as error:
        raise ConnectorError(f"mail server not reached: {type(error).__name__}", temporary=True) from None
    try:
        yield _Smtp(client)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            client.quit()
