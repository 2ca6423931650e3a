"""Recognise a mail address without keeping it: a hash that only this installation can make."""

import hashlib
import hmac

from core.settings import current_settings
from core.text_cleaning import normalise_email


def hash_address(address: str) -> str:
    """The same for the same address, whatever its case. Without the secret key no list of guesses leads back."""
    plain = normalise_email(address).encode()
    return hmac.new(current_settings().secret_key.encode(), b"address:" + plain, hashlib.sha256).hexdigest()
