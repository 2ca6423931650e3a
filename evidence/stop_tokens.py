"""Tokens of links that only stop emails. They work as long as their row is kept, so they are signed and not stored."""

import hmac
from enum import StrEnum
from uuid import UUID

from core.settings import current_settings

SIGNATURE_CHARACTERS = 32  # 128 bits
ID_CHARACTERS = 32


class StopPurpose(StrEnum):
    UPDATES = "no updates"
    REMINDERS = "no reminders"


def build_stop_token(purpose: StopPurpose, row_id: UUID) -> str:
    return row_id.hex + _sign(purpose, row_id)


def parse_stop_token(purpose: StopPurpose, token: str) -> UUID | None:
    try:
        row_id = UUID(hex=token[:ID_CHARACTERS])
    except ValueError:
        return None
    is_ours = hmac.compare_digest(token[ID_CHARACTERS:].encode(), _sign(purpose, row_id).encode())
    return row_id if is_ours else None


def _sign(purpose: StopPurpose, row_id: UUID) -> str:
    key = current_settings().secret_key.encode()
    return hmac.new(key, f"{purpose}:".encode() + row_id.bytes, "sha256").hexdigest()[:SIGNATURE_CHARACTERS]
