"""Build a mail as MIME (RFC 6047 for calendar mail) and send it by SMTP. Rows and states: outbox.py."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from uuid import UUID

from core import clock
from core.settings import MailEncryption, SmtpServer
from core.text_cleaning import encode_domain

SENDER_NAME = "Listening Post"
SMTP_TIMEOUT_SECONDS = 30
AUTHENTICATION_REQUIRED = 530  # RFC 4954 §6: can be fixed in the settings, so the mail is tried again
PERMANENT_FAILURE_CODES = range(500, 600)  # SMTP reply codes that another attempt will not change (RFC 5321 §4.2.1)


class MailNotSentError(Exception):
    """`is_final`: another attempt would not help."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Mail:
    """`calendar` is an iCalendar object with the METHOD `calendar_method`."""

    recipient: str
    subject: str
    text: str
    html: str
    calendar: str | None = None
    calendar_method: str | None = None
    unsubscribe_url: str | None = None
    sender_name: str | None = None  # None: the usual one


def build_mime_message(mail: Mail, *, message_id: UUID, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    host = sender.rpartition("@")[2]
    message["From"] = Address(_clean_name(mail.sender_name or SENDER_NAME), addr_spec=sender)
    message["To"] = Address(addr_spec=_encode_address(mail.recipient))
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = clock.now()
    message["Message-ID"] = f"<{message_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url is not None:  # RFC 2369 and RFC 8058
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.calendar is not None and mail.calendar_method is not None:
        message.make_mixed()
        message.get_payload()[0].attach(_build_calendar_part(mail.calendar, mail.calendar_method))  # type: ignore[union-attr, index]
        attached = _build_calendar_part(mail.calendar, mail.calendar_method)
        attached.add_header("Content-Disposition", "attachment", filename="invite.ics")
        message.attach(attached)  # type: ignore[arg-type]  # a part is what `attach` takes
    return message


def _clean_name(name: str) -> str:
    return " ".join(name.split())


def _encode_address(address: str) -> str:
    """With its domain in ASCII, so that headers and envelope name the same server."""
    local, separator, domain = address.rpartition("@")
    return f"{local}{separator}{encode_domain(domain)}"


def _build_calendar_part(calendar: str, method: str) -> MIMEPart:
    part = MIMEPart(policy=SMTP)
    part.set_content(calendar.encode(), maintype="text", subtype="calendar", cte="base64")
    part.set_param("charset", "utf-8")
    part.set_param("method", method)
    return part


def send_by_smtp(message: EmailMessage, server: SmtpServer) -> None:
    try:
        connection = _connect(server)
    except (smtplib.SMTPException, OSError) as error:
        raise MailNotSentError(f"Could not connect to the mail server: {error}", is_final=False) from error
    try:
        connection.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise _classify_smtp_error(error) from error
    finally:  # an error here changes nothing: the mail has been accepted or not
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def _classify_smtp_error(error: Exception) -> MailNotSentError:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=recipients):
            code, reply = next(iter(recipients.values()))
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=reply):
            pass
        case smtplib.SMTPNotSupportedError():
            return MailNotSentError(f"The mail server cannot handle this email: {error}", is_final=True)
        case _:
            return MailNotSentError(f"The connection to the mail server was lost: {error}", is_final=False)
    return MailNotSentError(
        f"{code} {_decode_reply(reply)}", is_final=code in PERMANENT_FAILURE_CODES and code != AUTHENTICATION_REQUIRED
    )


def _connect(server: SmtpServer) -> smtplib.SMTP:
    if server.encryption is MailEncryption.TLS:
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=SMTP_TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=SMTP_TIMEOUT_SECONDS)
    try:
        if server.encryption is MailEncryption.STARTTLS:
            connection.starttls(context=ssl.create_default_context())
        if server.username is not None:
            connection.login(server.username, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection


def _decode_reply(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
