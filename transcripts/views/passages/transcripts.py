"""Show a whole transcript with its passages under their questions, and map it again."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import clock, exits, jobs
from core.exits import ExitUse
from core.job_order import IMMEDIATE
from core.models import JobState
from core.transactions import committing
from evidence import consent
from evidence.views.hidden_words import decide_for_reader
from transcripts.passages import acceptance_rate, decision_log, transcript_view, undo
from transcripts.recordings import processing_jobs
from transcripts.recordings.recording_status import get_recording_status
from transcripts.text import provenance
from transcripts.views.blueprint import bp
from transcripts.views.lookups import build_undoer, may_decide, transcript_or_404


@bp.route("/staff/transcripts/<uuid:transcript_id>")
@requires(Permission.SEE_STAFF_PAGES)
@exits.returns("a transcript", ExitUse.READING)
def show_transcript(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    mapping = jobs.find_latest(processing_jobs.MAP_JOB, transcript.id)
    is_requested = transcript.mapped_at is not None and mapping is not None and mapping.is_active
    is_for_later = mapping is not None and mapping.state is JobState.PENDING and mapping.priority > IMMEDIATE
    return render_template(
        "transcripts/passages/show_transcript.html",
        shown=transcript_view.build_transcript_view(transcript),
        transcript=transcript,
        provenance_facts=provenance.list_facts(
            transcript, clock.format_day_and_time(transcript.created_at, transcript.contribution.call.zone)
        ),
        recording=transcript.recording,
        reading=decide_for_reader(ExitUse.READING, transcript.contribution),
        listening=decide_for_reader(ExitUse.LISTENING, transcript.contribution),
        consent_labels=consent.load_labels([transcript.contribution])[transcript.contribution_id],
        contribution=transcript.contribution,
        recording_status=get_recording_status(transcript.recording) if transcript.recording else None,
        is_remapping=is_requested and not is_for_later,
        is_remapping_later=is_requested and is_for_later,
        may_decide=may_decide(),
        steps=undo.find_next_steps(transcript, build_undoer()),
        describe_decision=decision_log.describe_decision,
        acceptance_rate=acceptance_rate.calculate_rate(transcript),
        may_compare=current_person_or_403().may(Permission.MANAGE_CALLS),
    )


@bp.route("/staff/transcripts/<uuid:transcript_id>/map", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def remap_transcript(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    with committing():
        consent.require(ExitUse.MAPPING, transcript.contribution)
        processing_jobs.enqueue_mapping(transcript.id)
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript.id))
