"""A transcript from beginning to end, its passages under their questions."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core import clock, jobs
from core.database import db
from core.models import JobState
from core.turns import AT_ONCE
from transcripts import decisions, how_made, kept_suggestions, reading, recordings, transcription, undoing
from transcripts.blueprint import bp
from transcripts.standing import standing_of
from transcripts.views.found import may_decide, transcript_to_read, undoer


@bp.route("/staff/transcripts/<uuid:transcript_id>")
@requires(Permission.SEE_STAFF_PAGES)
def show_transcript(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_to_read(transcript_id)
    mapping = jobs.latest(transcription.MAP, transcript.id)
    is_asked = transcript.mapped_at is not None and mapping is not None and mapping.is_active
    is_for_later = mapping is not None and mapping.state is JobState.PENDING and mapping.rank > AT_ONCE
    return render_template(
        "transcripts/show_transcript.html",
        shown=reading.shown(transcript),
        transcript=transcript,
        made=how_made.facts(transcript, clock.day_and_time(transcript.created_at, transcript.contribution.call.zone)),
        recording=transcript.recording,
        not_played=recordings.why_not_played(transcript.contribution) if transcript.recording else "",
        contribution=transcript.contribution,
        standing=standing_of(transcript.recording) if transcript.recording else None,
        is_mapped_again=is_asked and not is_for_later,
        is_mapped_later=is_asked and is_for_later,
        may_decide=may_decide(),
        steps=undoing.next_steps(transcript, undoer()),
        in_words=decisions.in_words,
        kept=kept_suggestions.of(transcript),
        may_compare=signed_in().may(Permission.MANAGE_CALLS),
    )


@bp.route("/staff/transcripts/<uuid:transcript_id>/map", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def map_again(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_to_read(transcript_id)
    transcription.ask_to_map(transcript.id)
    db.session.commit()
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript.id))
