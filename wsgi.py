"""The whole application: core and the packages above it."""

from flask import Flask

from accounts.web import init_accounts
from core.application import create_base_app
from core.settings import Settings, load_settings
from evidence.web import init_evidence
from interviews.web import init_interviews
from privacy.web import init_privacy
from review.web import init_review
from transcripts.web import init_transcripts


def create_app(settings: Settings | None = None) -> Flask:
    app = create_base_app(settings or load_settings())
    init_accounts(app)
    init_evidence(app)
    init_interviews(app)
    init_transcripts(app)
    init_review(app)
    init_privacy(app)
    return app
