"""Full addresses for emails and calendars, from the settings only: a forged Host header must not get into an email."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from core.settings import current_settings


def build_absolute_url(endpoint: str, **values: Any) -> str:
    """Works in a request and in the worker."""
    settings = current_settings()
    base = urlsplit(settings.base_url)
    adapter = current_app.url_map.bind(base.netloc, script_name=base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, {k: v for k, v in values.items() if v is not None}, force_external=True)
