"""The application put together: the ground floor and the packages above it."""

from flask import Flask

from accounts.web import init_accounts
from core.application import ground_floor
from core.settings import Settings, settings_from_environment
from evidence.web import init_evidence
from interviews.web import init_interviews
from review.web import init_review
from transcripts.web import init_transcripts


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application; settings come from the environment when none are given."""
    app = ground_floor(settings or settings_from_environment())
    init_accounts(app)
    init_evidence(app)
    init_interviews(app)
    init_transcripts(app)
    init_review(app)
    return app
