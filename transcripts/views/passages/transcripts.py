"""Where a transcript is shown, and mapping it again."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires
from accounts.roles import Permission
from core.exits import ExitUse
from core.transactions import committing
from evidence import consent
from transcripts.recordings import processing_jobs
from transcripts.views.blueprint import bp
from transcripts.views.lookups import transcript_or_404


@bp.route("/staff/transcripts/<uuid:transcript_id>")
@requires(Permission.SEE_STAFF_PAGES)
def show_transcript(transcript_id: UUID) -> ResponseReturnValue:
    """On the desk of its interview, with the other parts."""
    transcript = transcript_or_404(transcript_id)
    return redirect(url_for("review.show_desk", contribution_id=transcript.contribution_id))


@bp.route("/staff/transcripts/<uuid:transcript_id>/map", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def remap_transcript(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    with committing():
        consent.require(ExitUse.MAPPING, transcript.contribution)
        processing_jobs.enqueue_mapping(transcript.id)
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript.id))
