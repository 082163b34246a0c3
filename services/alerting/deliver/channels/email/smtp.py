"""Hand a message to an SMTP server, and say what its replies mean."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from services.alerting.deliver.channels.answers import Answer, Verdict
from services.alerting.deliver.channels.email.mail_settings import SmtpServer

TIMEOUT_S: Final = 30.0
_LINE_DOT: Final = re.compile(rb"^\.", re.MULTILINE)


class _RefusalError(Exception):
    """A reply that ends the attempt."""

    def __init__(self, verdict: Verdict, detail: str) -> None:
        super().__init__(detail)
        self.answer = Answer(verdict=verdict, detail=detail)


def hand_in(
    server: SmtpServer, sender: str, recipients: Sequence[str], message: bytes, timeout_s: float
) -> Answer:
    """Send a message and return the answer; blocks. The answer shows no address and no password.

    A reply of 4xx is to be tried again. 5xx to a log-in, the sender or all recipients refuses the
    address, 5xx to the content the message. Before the content was sent, nothing can have been
    accepted; a lost reply to it leaves a doubt.
    """
    try:
        connection = _connect(server, timeout_s)
    except _RefusalError as refusal:
        return refusal.answer
    except ssl.SSLCertVerificationError:
        return Answer(verdict=Verdict.GONE, detail="the server's certificate is not valid")
    except smtplib.SMTPResponseException as error:
        return Answer(verdict=verdict_of(error.smtp_code), detail=f"SMTP {error.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:
        return Answer(verdict=Verdict.UNSENT, detail=f"no answer: {type(error).__name__}")
    try:
        return _send(connection, server, sender, recipients, message)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
        connection.close()


def verdict_of(code: int) -> Verdict:
    """Return what a refusal before the content means."""
    return Verdict.GONE if code >= 500 else Verdict.UNSENT


def _connect(server: SmtpServer, timeout_s: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if server.is_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=timeout_s, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=timeout_s)
    if server.needs_tls:
        try:
            _start_tls(connection, context)
        except BaseException:
            connection.close()
            raise
    return connection


def _start_tls(connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("starttls"):
        raise _RefusalError(Verdict.GONE, "the server offers no STARTTLS")
    connection.starttls(context=context)


def _send(
    connection: smtplib.SMTP,
    server: SmtpServer,
    sender: str,
    recipients: Sequence[str],
    message: bytes,
) -> Answer:
    try:
        _log_in(connection, server)
        _require(connection.mail(sender)[0], "sender")
        refused = _name_recipients(connection, recipients)
        _require(connection.docmd("DATA")[0], "message", accepted=3)
    except _RefusalError as refusal:
        return refusal.answer
    except smtplib.SMTPResponseException as error:
        return Answer(verdict=verdict_of(error.smtp_code), detail=f"SMTP {error.smtp_code}")
    except (OSError, smtplib.SMTPException) as error:
        return Answer(verdict=Verdict.UNSENT, detail=f"no answer: {type(error).__name__}")
    note = f", {refused} of {len(recipients)} recipients refused" if refused else ""
    return _send_content(connection, message, note)


def _log_in(connection: smtplib.SMTP, server: SmtpServer) -> None:
    connection.ehlo_or_helo_if_needed()
    if not server.user:
        return
    try:
        connection.login(server.user, server.password)
    except smtplib.SMTPNotSupportedError:
        raise _RefusalError(Verdict.GONE, "the server takes no log-in") from None


def _name_recipients(connection: smtplib.SMTP, recipients: Sequence[str]) -> int:
    """Name the recipients, and return how many are refused for good.

    If one is only deferred, nothing is sent to any, so that nobody gets the message twice.
    """
    codes = [connection.rcpt(recipient)[0] for recipient in recipients]
    deferred = [code for code in codes if 400 <= code < 500]
    refused = [code for code in codes if code >= 500]
    if deferred or len(refused) == len(codes):
        _require((deferred or refused)[0], "recipient")
    return len(refused)


def _send_content(connection: smtplib.SMTP, message: bytes, note: str) -> Answer:
    """Send the content; once it is complete, a lost reply leaves a doubt."""
    try:
        connection.send(_LINE_DOT.sub(b"..", message) + b".\r\n")
        code = connection.getreply()[0]
    except (OSError, smtplib.SMTPException) as error:
        return Answer(verdict=Verdict.IN_DOUBT, detail=f"no answer: {type(error).__name__}")
    if code // 100 == 2:
        return Answer(verdict=Verdict.ACCEPTED, detail=f"SMTP {code}{note}")
    verdict = Verdict.MALFORMED if code >= 500 else Verdict.UNSENT
    return Answer(verdict=verdict, detail=f"SMTP {code}: message refused")


def _require(code: int, subject: str, accepted: int = 2) -> None:
    if code // 100 != accepted:
        raise _RefusalError(verdict_of(code), f"SMTP {code}: {subject} refused")
