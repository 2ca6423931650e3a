"""The second factor of staff: six digits from an app (RFC 6238), or one of ten recovery codes. Callers commit."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pyotp
import segno
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select

from accounts import audit
from accounts.models import RecoveryCode, SecondFactor, StaffMember
from core import clock
from core.database import db
from core.errors import RuleError
from core.settings import current_settings

ISSUER = "Listening Post"
STEP_SECONDS = 30
ACCEPTED_STEPS = (-1, 0, 1)  # clocks differ
NONCE_BYTES = 12
RECOVERY_CODE_COUNT = 10
RECOVERY_CODE_BYTES = 10
MAX_FAILURES = 5
FAILURE_PERIOD = timedelta(minutes=15)


class WrongCodeError(RuleError): ...


class TooManyCodesError(RuleError): ...


def is_set_up(staff_member_id: UUID) -> bool:
    row = db.session.get(SecondFactor, staff_member_id)
    return row is not None and row.confirmed_at is not None


def is_needed(staff_member_id: UUID) -> bool:
    """By the setting; and of anyone who has set it up."""
    return current_settings().requires_second_factor or is_set_up(staff_member_id)


def start_set_up(member: StaffMember) -> str:
    """Returns the secret to show. The same until it is confirmed, so that opening the page again changes nothing."""
    row = db.session.get(SecondFactor, member.id)
    if row is None:
        row = SecondFactor(staff_member_id=member.id, encrypted_secret=_encrypt(pyotp.random_base32(), member.id))
        db.session.add(row)
        db.session.flush()
    return _decrypt(row.encrypted_secret, member.id)


def find_new_secret(staff_member_id: UUID) -> str | None:
    """None before it was made, and once it has been confirmed."""
    row = db.session.get(SecondFactor, staff_member_id)
    return _decrypt(row.encrypted_secret, staff_member_id) if row is not None and row.confirmed_at is None else None


def draw_qr_code(member: StaffMember, secret: str) -> str:
    """As a data URI of an SVG image."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=ISSUER)
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=2))


def confirm_set_up(member: StaffMember, code: str) -> list[str]:
    """Returns the recovery codes, which are shown once. Raises WrongCodeError."""
    row = _get_locked(member)
    if row.confirmed_at is not None:
        raise WrongCodeError("This is set up already.")
    _use_code(row, code)
    row.confirmed_at = clock.now()
    audit.record("second factor set up", member)
    return create_recovery_codes(member)


def verify(member: StaffMember, code: str) -> None:
    """Six digits, or a recovery code. Raises WrongCodeError, TooManyCodesError."""
    row = _get_locked(member)
    is_digits = code.replace(" ", "").isdigit()
    if is_digits:
        _use_code(row, code)
    else:
        _use_recovery_code(row, code)
    audit.record("second factor used", member, recovery=not is_digits)


def count_failure(member: StaffMember) -> None:
    """In the transaction after the one that was rolled back."""
    row = db.session.get(SecondFactor, member.id)
    if row is not None:
        row.failed_count, row.failed_at = (row.failed_count + 1 if _is_recent(row) else 1), clock.now()
    audit.record("second factor failed", member)


def create_recovery_codes(member: StaffMember) -> list[str]:
    """Earlier ones stop working."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_member_id == member.id))
    codes = [_format_code(secrets.token_hex(RECOVERY_CODE_BYTES)) for _ in range(RECOVERY_CODE_COUNT)]
    db.session.add_all(RecoveryCode(staff_member_id=member.id, code_hash=_hash_code(code)) for code in codes)
    db.session.flush()
    return codes


def count_recovery_codes(staff_member_id: UUID) -> int:
    own = RecoveryCode.staff_member_id == staff_member_id, RecoveryCode.used_at.is_(None)
    return len(db.session.scalars(select(RecoveryCode.id).where(*own)).all())


def reset(member: StaffMember) -> None:
    """By another coordinator, for somebody who lost their device."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_member_id == member.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.staff_member_id == member.id))
    audit.record("second factor reset", member)


def _get_locked(member: StaffMember) -> SecondFactor:
    """The row stays locked until the commit, so that a code works once even when it is sent twice."""
    query = select(SecondFactor).where(SecondFactor.staff_member_id == member.id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise WrongCodeError("Set up your app first.")
    if row.failed_count >= MAX_FAILURES and _is_recent(row):
        raise TooManyCodesError("There were too many wrong codes. Try again in 15 minutes.")
    return row


def _use_code(row: SecondFactor, code: str) -> None:
    totp, now = pyotp.TOTP(_decrypt(row.encrypted_secret, row.staff_member_id)), clock.now()
    current = int(now.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    for step in (current + offset for offset in ACCEPTED_STEPS):
        if step > row.last_step and typed.isascii() and hmac.compare_digest(totp.at(step * STEP_SECONDS), typed):
            row.last_step, row.failed_count = step, 0
            return
    raise WrongCodeError("This code is not right, or was used already. Enter the newest one that your app shows.")


def _use_recovery_code(row: SecondFactor, code: str) -> None:
    unused = RecoveryCode.staff_member_id == row.staff_member_id, RecoveryCode.used_at.is_(None)
    match = select(RecoveryCode).where(*unused, RecoveryCode.code_hash == _hash_code(code))
    found = db.session.scalars(match).first()
    if found is None:
        raise WrongCodeError("This recovery code is not right, or was used already.")
    found.used_at, row.failed_count = clock.now(), 0


def _is_recent(row: SecondFactor) -> bool:
    return row.failed_at is not None and clock.now() < row.failed_at + FAILURE_PERIOD


def _format_code(text: str) -> str:
    groups: Sequence[str] = [text[start : start + 5] for start in range(0, len(text), 5)]
    return "-".join(groups)


def _hash_code(code: str) -> str:
    plain = "".join(code.lower().replace("-", "").split())
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def _encrypt(secret: str, staff_member_id: UUID) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _create_cipher().encrypt(nonce, secret.encode(), staff_member_id.bytes)
    return b64encode(nonce + sealed).decode()


def _decrypt(text: str, staff_member_id: UUID) -> str:
    content = b64decode(text)
    return _create_cipher().decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], staff_member_id.bytes).decode()


def _create_cipher() -> AESGCM:
    return AESGCM(hmac.new(current_settings().secret_key.encode(), b"second factor", "sha256").digest())
