"""Recognise an email address without keeping it, by a hash that needs our secret key."""

import hashlib
import hmac

from core.settings import current_settings
from core.text_cleaning import normalise_email


def hash_address(address: str) -> str:
    """Ignores case. Without the secret key, guesses cannot be checked."""
    plain = normalise_email(address).encode()
    return hmac.new(current_settings().secret_key.encode(), b"address:" + plain, hashlib.sha256).hexdigest()
