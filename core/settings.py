"""Typed settings, read once from the environment. Nothing else in the code reads the environment."""

import os
import re
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from flask import current_app
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import SettingsError
from core.text_cleaning import encode_domain

ENVIRONMENT_PREFIX = "LISTENING_POST_"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
GIB = 1024**3
RECOGNISERS = ("openai-whisper", "faster-whisper")
MAX_WHISPER_BEAMS = 10
STORAGE_KEY_BYTES = 32
STORAGE_KEY_FILE, SECRET_KEY_FILE = "storage-key", "secret-key"  # in the data folder
WRAPPED_KEY_SUFFIX = ".key"  # of the files beside encrypted ones
MIN_BACKUP_KEY_CHARACTERS = 20
NEW_STORAGE_KEY_COMMAND = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
STORAGE_KEY_HELP = (
    f"{ENVIRONMENT_PREFIX}STORAGE_KEY has to be one or more keys, separated by commas: {NEW_STORAGE_KEY_COMMAND}"
)
S3_HELP = f"Set both {ENVIRONMENT_PREFIX}S3_KEY and {ENVIRONMENT_PREFIX}S3_SECRET for the account of S3 storage."
S3_URL_PREFIX = "s3://"
SMTP_HELP = f"{ENVIRONMENT_PREFIX}SMTP_URL has to look like smtp+starttls://user:password@host:587."
IMAP_HELP = f"{ENVIRONMENT_PREFIX}IMAP_URL has to look like imaps://user:password@host:993/INBOX."


class MailEncryption(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    encryption: MailEncryption
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    host: str
    port: int
    encryption: MailEncryption
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str | None = None  # where processed mails are moved; None: they stay, marked as read


@dataclass(frozen=True, slots=True)
class S3Account:
    """The machine's AWS environment applies where nothing is set."""

    endpoint: str | None = None  # None: Amazon's own
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    data_folder: Path
    base_url: str  # public address, without a slash at the end
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    storage_url: str
    mail_from: str
    smtp: SmtpServer | None
    default_zone: str = "Europe/London"
    recogniser: str = RECOGNISERS[0]
    whisper_model: str = "base"
    whisper_beams: int | None = None  # readings followed at once; None: as suits the model
    weights_folder: Path | None = None  # None: where Whisper itself looks
    weights_url: str | None = field(default=None, repr=False)  # a mirror of OpenAI's models
    embedding_model: str | None = None  # “small” or a folder; None: the larger one if it is installed
    max_recording_bytes: int = 2 * GIB
    storage_keys: tuple[bytes, ...] = field(default=(), repr=False)  # the first encrypts, the others only open
    backup_key: str | None = field(default=None, repr=False)  # encrypts backups
    s3: S3Account = S3Account()
    imap: ImapMailbox | None = None
    reply_authenticator: str | None = None  # our mail server, as it names itself in Authentication-Results
    trusted_proxies: int = 0  # web servers in front of us that add to X-Forwarded-For
    max_public_mails_per_hour: int = 500  # caused by people who are not signed in
    requires_second_factor: bool = False  # of staff
    erasure_ledger: Path | None = None  # None: in the data folder
    feed_hosts: tuple[str, ...] = ()  # our own calendar servers, which may have a private address

    @property
    def mail_host(self) -> str:
        """The part after @ in Message-IDs and calendar UIDs; must never change once mails have been sent."""
        return self.mail_from.rpartition("@")[2]

    @property
    def erasure_ledger_path(self) -> Path:
        return self.erasure_ledger or self.data_folder / "erasure-ledger"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


def load_settings(environ: Mapping[str, str | None] | None = None) -> Settings:
    """From the environment or, where a variable is not set, from `.env` in the project's root. Raises SettingsError."""
    source = {**dotenv_values(PROJECT_ROOT / ".env"), **os.environ} if environ is None else environ
    values = {
        name[len(ENVIRONMENT_PREFIX) :].lower(): value
        for name, value in source.items()
        if value and name.startswith(ENVIRONMENT_PREFIX)
    }
    data_folder = Path(values.get("data_folder") or PROJECT_ROOT / "var").resolve()
    storage_url = values.get("storage_url") or f"file://{data_folder / 'storage'}"
    base_url = _parse_base_url(values.get("base_url", "http://127.0.0.1:8000"))
    return Settings(
        data_folder=data_folder,
        base_url=base_url,
        secret_key=values.get("secret_key") or _load_or_create_secret_key(data_folder, base_url),
        storage_keys=_parse_storage_keys(values.get("storage_key", ""), data_folder, storage_url),
        database_url=_parse_database_url(
            values.get("database_url") or f"sqlite:///{data_folder / 'listening-post.sqlite'}"
        ),
        storage_url=_parse_storage_url(storage_url),
        backup_key=_read_backup_key(values.get("backup_key"), values.get("backup_key_file")),
        s3=_parse_s3_account(values),
        mail_from=_parse_mail_from(values.get("mail_from", "interviews@listening-post.example")),
        smtp=_parse_smtp_url(values["smtp_url"]) if values.get("smtp_url") else None,
        imap=_parse_imap_url(values["imap_url"], values.get("imap_done_folder")) if values.get("imap_url") else None,
        reply_authenticator=values.get("reply_authenticator"),
        requires_second_factor=_parse_second_factor(values.get("second_factor"), base_url),
        erasure_ledger=Path(values["erasure_ledger"]).resolve() if values.get("erasure_ledger") else None,
        feed_hosts=tuple(encode_domain(host) for host in values.get("feed_hosts", "").replace(",", " ").split()),
        default_zone=_parse_zone(values.get("zone", "Europe/London")),
        recogniser=_parse_recogniser(values.get("recogniser", RECOGNISERS[0])),
        whisper_model=values.get("whisper_model", "base"),
        whisper_beams=_parse_whisper_beams(values["whisper_beams"]) if values.get("whisper_beams") else None,
        weights_folder=Path(values["weights_folder"]) if values.get("weights_folder") else None,
        weights_url=_parse_weights_url(values["weights_url"]) if values.get("weights_url") else None,
        embedding_model=values.get("embedding_model"),
        max_recording_bytes=_parse_number("MAX_RECORDING_BYTES", values.get("max_recording_bytes"), 2 * GIB),
        trusted_proxies=_parse_number("TRUSTED_PROXIES", values.get("trusted_proxies"), 0),
        max_public_mails_per_hour=_parse_number(
            "MAX_PUBLIC_MAILS_PER_HOUR", values.get("max_public_mails_per_hour"), 500
        ),
    )


def current_settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def _load_or_create_secret_key(data_folder: Path, base_url: str) -> str:
    if urlsplit(base_url).hostname not in LOOPBACK_HOSTS:
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}SECRET_KEY is not set. It signs sessions, so a public server needs one:"
            ' python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return _load_or_create_secret(data_folder / SECRET_KEY_FILE, 48) or secrets.token_urlsafe(48)


def _parse_storage_keys(text: str, data_folder: Path, storage_url: str) -> tuple[bytes, ...]:
    """Empty where files were encrypted with a key that is missing: a new one would not open them."""
    if not text and _is_shared_storage(storage_url):
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}STORAGE_KEY is not set. It encrypts the files in {ENVIRONMENT_PREFIX}STORAGE_URL, and"
            " every machine needs the same one. Keep a copy, because nobody can open the recordings without it."
            f" {NEW_STORAGE_KEY_COMMAND}"
        )
    key_path = data_folder / STORAGE_KEY_FILE
    if not text and not key_path.exists() and _has_encrypted_files(storage_url):
        return ()
    keys_text = text or _load_or_create_secret(key_path, STORAGE_KEY_BYTES)
    keys = tuple(_decode_key(part.strip()) for part in keys_text.split(",") if part.strip())
    if any(len(key) != STORAGE_KEY_BYTES for key in keys):
        raise SettingsError(STORAGE_KEY_HELP)
    return keys


def _has_encrypted_files(storage_url: str) -> bool:
    return any(Path(storage_url.partition("://")[2] or storage_url).rglob(f"*{WRAPPED_KEY_SUFFIX}"))


def _is_shared_storage(storage_url: str) -> bool:
    return "://" in storage_url and not storage_url.startswith(("file://", "local://"))


def _read_backup_key(text: str | None, path: str | None) -> str | None:
    try:
        key = text or (Path(path).read_text().strip() if path else None)
    except (OSError, UnicodeDecodeError):
        return None  # the commands for backups say what is missing; everything else runs without it
    if key is not None and len(key) < MIN_BACKUP_KEY_CHARACTERS:
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}BACKUP_KEY has to have at least {MIN_BACKUP_KEY_CHARACTERS} characters."
            f" {NEW_STORAGE_KEY_COMMAND}"
        )
    return key


def _parse_storage_url(text: str) -> str:
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise SettingsError(f"{ENVIRONMENT_PREFIX}STORAGE_URL must not contain a password. {S3_HELP}")
    if text.startswith(S3_URL_PREFIX) and not text.partition("://")[2].strip("/"):
        raise SettingsError(f"{ENVIRONMENT_PREFIX}STORAGE_URL has to name a bucket, like s3://recordings.")
    return text


def _parse_s3_account(values: Mapping[str, str]) -> S3Account:
    endpoint, key, secret = values.get("s3_endpoint"), values.get("s3_key"), values.get("s3_secret")
    if endpoint and (_split_url(endpoint).scheme not in {"http", "https"} or not _split_url(endpoint).hostname):
        raise SettingsError(f"{ENVIRONMENT_PREFIX}S3_ENDPOINT has to look like https://s3.example.org.")
    if bool(key) != bool(secret):
        raise SettingsError(S3_HELP)
    return S3Account(endpoint, key, secret, values.get("s3_region"))


def _decode_key(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""


def _load_or_create_secret(path: Path, size_bytes: int) -> str:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _write_secret(path, size_bytes)
    except OSError:  # a read-only folder: commands that need no database still run
        return ""
    return path.read_text().strip()


def _write_secret(path: Path, size_bytes: int) -> None:
    """Web and workers start together: each sees the same complete key, never part of one."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}-") as whole:  # readable by its owner only
        whole.write(secrets.token_urlsafe(size_bytes))
        whole.flush()
        with suppress(FileExistsError):
            os.link(whole.name, path)


def _parse_base_url(text: str) -> str:
    parts = _split_url(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}BASE_URL has to look like https://evidence.example.org, not “{text}”."
        )
    return text.rstrip("/")


def _parse_recogniser(text: str) -> str:
    if text not in RECOGNISERS:
        raise SettingsError(f"{ENVIRONMENT_PREFIX}RECOGNISER has to be {' or '.join(RECOGNISERS)}, not “{text}”.")
    return text


def _parse_weights_url(text: str) -> str:
    parts = _split_url(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{ENVIRONMENT_PREFIX}WEIGHTS_URL has to look like https://models.example.org/whisper.")
    return text.rstrip("/")


def _split_url(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _parse_database_url(text: str) -> str:
    try:
        make_url(text)
    except ArgumentError as error:  # without its message, which may contain a password
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}DATABASE_URL has to look like postgresql://user:password@host/name."
        ) from error
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)


def _parse_mail_from(text: str) -> str:
    local, at, host = text.rpartition("@")
    if not (local and at and host) or " " in text:
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}MAIL_FROM has to be an address like interviews@example.org, not “{text}”."
        )
    return f"{local}@{encode_domain(host)}"


def _parse_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}ZONE has to be a time zone like Europe/London, not “{text}”."
        ) from error
    return text


def _parse_smtp_url(url: str) -> SmtpServer:
    parts = _split_url(url)
    encryptions = {
        "smtp": (MailEncryption.NONE, 25),
        "smtp+starttls": (MailEncryption.STARTTLS, 587),
        "smtps": (MailEncryption.TLS, 465),
    }
    if parts.scheme not in encryptions or not parts.hostname:
        raise SettingsError(SMTP_HELP)
    encryption, port = encryptions[parts.scheme]
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or port,
        encryption=encryption,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _parse_whisper_beams(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_WHISPER_BEAMS:
        raise SettingsError(
            f"{ENVIRONMENT_PREFIX}WHISPER_BEAMS has to be a whole number from 1 to {MAX_WHISPER_BEAMS}, not “{text}”."
        )
    return int(text)


def _parse_second_factor(text: str | None, base_url: str) -> bool:
    """On by default where others can reach the service."""
    if text is None:
        return base_url.startswith("https://") and urlsplit(base_url).hostname not in LOOPBACK_HOSTS
    if text not in {"required", "optional"}:
        raise SettingsError(f"{ENVIRONMENT_PREFIX}SECOND_FACTOR has to be required or optional, not “{text}”.")
    return text == "required"


def _parse_number(name: str, text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdecimal():
        raise SettingsError(f"{ENVIRONMENT_PREFIX}{name} has to be a whole number, not “{text}”.")
    return int(text)


def _parse_imap_url(url: str, done_folder: str | None) -> ImapMailbox:
    parts = _split_url(url)
    encryptions = {
        "imap": (MailEncryption.NONE, 143),
        "imap+starttls": (MailEncryption.STARTTLS, 143),
        "imaps": (MailEncryption.TLS, 993),
    }
    if parts.scheme not in encryptions or not (parts.hostname and parts.username and parts.password):
        raise SettingsError(IMAP_HELP)
    encryption, port = encryptions[parts.scheme]
    return ImapMailbox(
        host=parts.hostname,
        port=parts.port or port,
        encryption=encryption,
        username=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        done_folder=done_folder,
    )
