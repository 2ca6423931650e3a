"""Where to go after a form: only to our own pages. Pure."""

from urllib.parse import urlsplit


def parse_local_path(text: str | None) -> str | None:
    """None if it leaves this site. Browsers drop tabs and newlines and read a backslash as a slash."""
    if not text or not text.startswith("/") or not text.isprintable() or "\\" in text or text.startswith("//"):
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
