"""The desk of one interview, and the times of its words."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import clock, exits, jobs
from core.exits import ExitUse
from core.job_order import IMMEDIATE
from core.models import JobState
from evidence import consent
from evidence.models import Contribution, Mode
from evidence.views.hidden_words import decide_for_reader, require_use
from review.desk import desk_state, word_times
from review.desk.desk_parts import build_desk
from review.reading import interviews, labels
from review.reading.contributions import find_readable_contribution
from review.views.blueprint import bp
from transcripts.models import Transcript
from transcripts.passages import acceptance_rate, undo
from transcripts.passages.decision_log import describe_decision
from transcripts.passages.ribbon import choose_style
from transcripts.recordings import processing_jobs
from transcripts.recordings.ownership import may_hear
from transcripts.recordings.recording_status import get_recording_status
from transcripts.text import provenance
from transcripts.text.current_text import list_timed_segments
from transcripts.views.lookups import build_undoer, may_decide, transcript_or_404


@bp.get("/staff/desk/<uuid:contribution_id>")
@requires(Permission.SEE_STAFF_PAGES)
@exits.returns("a whole interview", ExitUse.READING)
def show_desk(contribution_id: UUID) -> ResponseReturnValue:
    contribution = interview_or_404(contribution_id)
    decision = require_use(ExitUse.READING, contribution)
    desk = build_desk(contribution, interviews.build_interview_reading(contribution))
    return render_template(
        "review/desk/show_desk.html",
        contribution=contribution,
        desk=desk,
        state=desk_state.build_state(contribution, build_undoer()),
        reading=decision,
        listening=decide_for_reader(ExitUse.LISTENING, contribution),
        consent_labels=consent.load_labels([contribution])[contribution.id],
        labels=labels,
        may_decide=may_decide(),
        may_compare=current_person_or_403().may(Permission.MANAGE_CALLS),
        list_facts=_list_facts,
        choose_style=choose_style,
        find_next_steps=lambda transcript: undo.find_next_steps(transcript, build_undoer()),
        describe_decision=describe_decision,
        calculate_rate=acceptance_rate.calculate_rate,
        get_recording_status=get_recording_status,
        find_remapping=_find_remapping,
    )


@bp.get("/staff/desk/transcripts/<uuid:transcript_id>/times")
@requires(Permission.SEE_STAFF_PAGES)
def list_word_times(transcript_id: UUID) -> ResponseReturnValue:
    """For each segment: start and end of each word, and 1 where they were measured."""
    transcript = transcript_or_404(transcript_id)
    if not transcript.has_times:
        return {"segments": []}
    return {"segments": [word_times.list_times(segment) for segment in list_timed_segments(transcript)]}


def interview_or_404(contribution_id: UUID) -> Contribution:
    contribution = find_readable_contribution(contribution_id, Mode.INTERVIEW) or abort(404)
    if not may_hear(contribution.id, current_person_or_403()):
        abort(403)
    return contribution


def _list_facts(transcript: Transcript) -> tuple[provenance.ProvenanceFact, ...]:
    created = clock.format_day_and_time(transcript.created_at, transcript.contribution.call.zone)
    return provenance.list_facts(transcript, created)


def _find_remapping(transcript: Transcript) -> str:
    """Whether the questions are looked for again: "now", "later" or not at all."""
    job = jobs.find_latest(processing_jobs.MAP_JOB, transcript.id)
    if transcript.mapped_at is None or job is None or not job.is_active:
        return ""
    return "later" if job.state is JobState.PENDING and job.priority > IMMEDIATE else "now"
