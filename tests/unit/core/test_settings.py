"""Settings from the environment: defaults that are safe, and words when they cannot work."""

import threading
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import MailEncryption, Settings, SmtpServer, load_settings


def settings(folder: Path, **values: str) -> Settings:
    given = {"DATA_FOLDER": str(folder), **values}
    return load_settings({f"LISTENING_POST_{name}": value for name, value in given.items()})


def test_nothing_needs_to_be_set_on_a_machine_of_ones_own(tmp_path: Path) -> None:
    made = settings(tmp_path)

    assert made.database_url == f"sqlite:///{tmp_path}/listening-post.sqlite"
    assert made.smtp is None
    assert len(made.secret_key) > 40


@pytest.mark.parametrize("beams", ["0", "11", "-1", "five", "2.5"])
def test_a_number_of_beams_that_cannot_be_is_refused(tmp_path: Path, beams: str) -> None:
    with pytest.raises(SettingsError, match=f"WHISPER_BEAMS has to be a whole number from 1 to 10, not “{beams}”"):
        settings(tmp_path, WHISPER_BEAMS=beams)


def test_beams_are_a_setting(tmp_path: Path) -> None:
    assert (settings(tmp_path).whisper_beams, settings(tmp_path, WHISPER_BEAMS="5").whisper_beams) == (None, 5)


def test_the_made_key_is_kept_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    keys = {(made.secret_key, made.storage_keys) for made in (settings(tmp_path) for _ in range(3))}

    assert len(keys) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret-key", "storage-key"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_all_who_start_at_once_read_the_same_key(tmp_path: Path) -> None:
    keys: list[str] = []
    barrier = threading.Barrier(16)

    def start() -> None:
        barrier.wait()
        keys.append(settings(tmp_path).secret_key)

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(keys)) == 1
    assert len(keys[0]) > 40


def test_a_server_that_others_reach_needs_a_key_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
        settings(tmp_path, BASE_URL="https://evidence.example.org")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 25, MailEncryption.NONE)),
        (
            "smtp+starttls://me:p%40ss@mail.example",
            SmtpServer("mail.example", 587, MailEncryption.STARTTLS, "me", "p@ss"),
        ),
        ("smtps://mail.example:4650", SmtpServer("mail.example", 4650, MailEncryption.TLS)),
    ],
)
def test_a_mail_server_is_read_from_its_address(tmp_path: Path, url: str, server: SmtpServer) -> None:
    assert settings(tmp_path, SMTP_URL=url).smtp == server


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMTP_URL", "mail.example"),
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://mail.example:many"),
        ("SMTP_URL", "smtp://"),
        ("BASE_URL", "evidence.example.org"),
        ("BASE_URL", "ftp://evidence.example.org"),
        ("BASE_URL", "http://127.0.0.1:many"),
        ("BASE_URL", "http://[::1"),
        ("BASE_URL", "https://evidence.example.org/?from=here"),
        ("SMTP_URL", "smtp://[::1"),
        ("DATABASE_URL", "in the cellar"),
        ("MAIL_FROM", "interviews"),
        ("MAIL_FROM", "a b@example.org"),
        ("ZONE", "Europe/Nowhere"),
        ("ZONE", "../etc/passwd"),
        ("MAX_RECORDING_BYTES", "2 GB"),
        ("MAX_RECORDING_BYTES", "-1"),
        ("MAX_RECORDING_BYTES", "2\N{SUPERSCRIPT TWO}"),
    ],
)
def test_what_cannot_work_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"LISTENING_POST_{name} "):
        settings(tmp_path, SECRET_KEY="only for tests", **{name: value})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_works_as_hosts_hand_it_out(tmp_path: Path, scheme: str) -> None:
    made = settings(tmp_path, DATABASE_URL=f"{scheme}://me@db.example/evidence")

    assert made.database_url == "postgresql+psycopg://me@db.example/evidence"


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    made = settings(tmp_path, SECRET_KEY="a secret key", SMTP_URL="smtp://me:hidden@mail.example")

    printed = repr(made)

    assert "a secret key" not in printed
    assert "hidden" not in printed


def test_cookies_are_secure_if_the_address_is_https(tmp_path: Path) -> None:
    assert settings(tmp_path, SECRET_KEY="x", BASE_URL="https://evidence.example.org/").is_https
    assert not settings(tmp_path).is_https


def test_storage_elsewhere_needs_a_key_that_every_machine_has(tmp_path: Path) -> None:
    shared = {"LISTENING_POST_DATA_FOLDER": str(tmp_path), "LISTENING_POST_STORAGE_URL": "s3://recordings"}
    local = shared | {"LISTENING_POST_STORAGE_URL": f"file://{tmp_path}/files"}

    with pytest.raises(SettingsError, match="STORAGE_KEY is not set"):
        load_settings(shared)

    assert len(load_settings(local).storage_keys) == 1
    assert len(load_settings(shared | {"LISTENING_POST_STORAGE_KEY": "A" * 43}).storage_keys) == 1
