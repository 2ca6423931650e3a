"""Read the reply mailbox (IMAP, RFC 3501). What its emails mean: received_mail.py; when it is read: tasks.py.

An email is marked or moved, never deleted, and only after its content is in the database. One that is for people stays
unread.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from core.settings import ImapMailbox

TIMEOUT_SECONDS = 30
MAX_MAILS_AT_ONCE = 50
SKIP_KEYWORD = "ListeningPost"  # on an email that we leave to people
SIZE_RESPONSE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxNotReadableError(Exception):
    """The mail server cannot be reached or refuses us; the message says which, without secrets."""


@dataclass(frozen=True, slots=True)
class ReplyMailbox:
    connection: imaplib.IMAP4
    capabilities: frozenset[str]  # of the server, after signing in
    done_folder: str | None
    skip_flag: str  # our keyword, or \\Flagged if the server has no keywords

    def list_new_uids(self) -> list[str]:
        unmarked = ("UNFLAGGED",) if self.skip_flag == r"\Flagged" else ("UNKEYWORD", self.skip_flag)
        found = self._run_uid_command("SEARCH", "UNSEEN", *unmarked)
        uids = b" ".join(part for part in found if isinstance(part, bytes)).split()
        return [uid.decode() for uid in sorted(uids, key=int)[:MAX_MAILS_AT_ONCE]]

    def fetch_content(self, uid: str, *, max_bytes: int) -> bytes | None:
        """Leaves the email unread. None if it is too large or gone."""
        size = SIZE_RESPONSE.search(b" ".join(_flatten(self._run_uid_command("FETCH", uid, "(RFC822.SIZE)"))))
        if size is None or int(size[1]) > max_bytes:
            return None
        parts = [part for part in self._run_uid_command("FETCH", uid, "(BODY.PEEK[])") if isinstance(part, tuple)]
        return bytes(parts[0][1]) if parts else None

    def mark_done(self, uid: str) -> None:
        self._run_uid_command("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        if self.done_folder is None:
            return
        if "MOVE" in self.capabilities:
            self._run_uid_command("MOVE", uid, _quote(self.done_folder))
        else:
            self._run_uid_command("COPY", uid, _quote(self.done_folder))
            self._run_uid_command("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            if "UIDPLUS" in self.capabilities:
                self._run_uid_command("EXPUNGE", uid)

    def mark_skipped(self, uid: str) -> None:
        self._run_uid_command("STORE", uid, "+FLAGS.SILENT", f"({self.skip_flag})")

    def _run_uid_command(self, command: str, *arguments: str) -> list[Any]:
        kind, data = self.connection.uid(command, *arguments)
        if kind != "OK":
            raise MailboxNotReadableError(f"The mail server refused {command}.")
        return list(data)


@contextmanager
def open_mailbox(server: ImapMailbox) -> Iterator[ReplyMailbox]:
    """Raises MailboxNotReadableError, also from inside the block when the connection breaks."""
    try:
        connection = _connect(server)
        try:
            yield _select_folder(connection, server)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                connection.logout()
    except imaplib.IMAP4.error as error:
        raise MailboxNotReadableError("The mail server refused the connection, or it broke off.") from error
    except UnicodeError as error:
        raise MailboxNotReadableError(
            "The name, password or folder of the mailbox has characters that IMAP does not allow."
        ) from error
    except OSError as error:
        raise MailboxNotReadableError(f"The mail server cannot be reached: {error.strerror or error}") from error


def _connect(server: ImapMailbox) -> imaplib.IMAP4:
    if server.encryption == "tls":
        context = ssl.create_default_context()
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            server.host, server.port, ssl_context=context, timeout=TIMEOUT_SECONDS
        )
    else:
        connection = imaplib.IMAP4(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.encryption == "starttls":
            connection.starttls(ssl.create_default_context())
        connection.login(_quote(server.username), server.password)
    except BaseException:
        connection.shutdown()
        raise
    return connection


def _select_folder(connection: imaplib.IMAP4, server: ImapMailbox) -> ReplyMailbox:
    if server.done_folder is not None:
        connection.create(_quote(server.done_folder))  # refused if it exists
    kind, _ = connection.select(_quote(server.folder))
    if kind != "OK":
        raise MailboxNotReadableError(f"The mail server has no folder “{server.folder}”.")
    _, allowed = connection.response("PERMANENTFLAGS")
    takes_keywords = any(rb"\*" in part for part in allowed if isinstance(part, bytes))
    _, response = connection.capability()
    capabilities = frozenset(b" ".join(_flatten(response)).decode("ascii", "replace").upper().split())
    return ReplyMailbox(connection, capabilities, server.done_folder, SKIP_KEYWORD if takes_keywords else r"\Flagged")


def _quote(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _flatten(data: list[Any]) -> list[bytes]:
    pieces = [piece for part in data for piece in (part if isinstance(part, tuple) else (part,))]
    return [piece for piece in pieces if isinstance(piece, bytes)]
