"""Correct what was said, segment by segment. An older version than the newest overwrites nothing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from core.transactions import committing
from review.desk import segment_versions, word_times
from review.views.blueprint import bp
from review.views.desk.answers import save_and_answer
from transcripts.models import Transcript
from transcripts.passages import corrected_text
from transcripts.text import corrections
from transcripts.text.current_text import list_timed_segments
from transcripts.views.lookups import may_decide, transcript_or_404


@bp.put("/staff/desk/transcripts/<uuid:transcript_id>/segments/<int:segment>")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("a sentence of a transcript", ExitUse.READING, ExitUse.CORRECTING)
def correct_segment(transcript_id: UUID, segment: int) -> ResponseReturnValue:
    text = (request.get_json(silent=True) or {}).get("text")
    if not isinstance(text, str):
        abort(400)
    by = current_person_or_403().id
    return _change(
        transcript_id,
        segment,
        lambda transcript: corrected_text.correct_segment(transcript, segment, text, _read_base_number(), by),
    )


@bp.get("/staff/desk/transcripts/<uuid:transcript_id>/segments/<int:segment>/versions")
@requires(Permission.SEE_STAFF_PAGES)
@exits.returns("the versions of a sentence", ExitUse.READING)
def list_segment_versions(transcript_id: UUID, segment: int) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    if segment >= len(transcript.segments):
        abort(404)
    return render_template(
        "review/desk/list_segment_versions.html",
        transcript=transcript,
        segment=segment,
        versions=segment_versions.list_shown_versions(transcript, segment),
        may_decide=may_decide(),
    )


@bp.post("/staff/desk/transcripts/<uuid:transcript_id>/segments/<int:segment>/restore")
@requires(Permission.CODE_EVIDENCE)
def restore_segment(transcript_id: UUID, segment: int) -> ResponseReturnValue:
    transcript, by = transcript_or_404(transcript_id), current_person_or_403().id
    number, base_number = request.form.get("number", type=int), request.form.get("seen", type=int)
    if number is None or base_number is None:
        abort(400)
    with committing("The earlier version is used again."):
        corrected_text.restore_version(transcript, segment, number, base_number, by)
    return redirect(url_for("review.show_desk", contribution_id=transcript.contribution_id))


@bp.post("/staff/desk/transcripts/<uuid:transcript_id>/segments/<int:segment>/speaker")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("a sentence of a transcript", ExitUse.READING, ExitUse.CORRECTING)
def change_segment_speaker(transcript_id: UUID, segment: int) -> ResponseReturnValue:
    by = current_person_or_403().id

    def change(transcript: Transcript) -> None:
        corrected_text.change_speaker(
            transcript,
            segment,
            request.form.get("speaker", ""),
            _read_base_number(),
            by,
            is_rest_of_turn="rest" in request.form,
        )

    return _change(transcript_id, segment, change)


@bp.post("/staff/desk/transcripts/<uuid:transcript_id>/undo-correction")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("sentences of a transcript", ExitUse.READING, ExitUse.CORRECTING)
def undo_correction(transcript_id: UUID) -> ResponseReturnValue:
    return _step(transcript_id, corrected_text.undo_correction)


@bp.post("/staff/desk/transcripts/<uuid:transcript_id>/redo-correction")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("sentences of a transcript", ExitUse.READING, ExitUse.CORRECTING)
def redo_correction(transcript_id: UUID) -> ResponseReturnValue:
    return _step(transcript_id, corrected_text.redo_correction)


def _step(transcript_id: UUID, step: Callable[[Transcript, UUID], list[int]]) -> ResponseReturnValue:
    transcript, by = transcript_or_404(transcript_id), current_person_or_403().id
    changed: list[int] = []
    return save_and_answer(
        lambda: changed.extend(step(transcript, by)),
        lambda: {"segments": [_serialise_segment(transcript, segment) for segment in changed]},
    )


def _change(transcript_id: UUID, segment: int, change: Callable[[Transcript], None]) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    if segment >= len(transcript.segments):
        abort(404)
    return save_and_answer(lambda: change(transcript), lambda: _serialise_segment(transcript, segment))


def _serialise_segment(transcript: Transcript, segment: int) -> dict[str, Any]:
    current = list_timed_segments(transcript)[segment]
    return {
        "segment": segment,
        "version": corrections.get_number(corrections.find_newest(transcript, segment)),
        "text": current.text,
        "speaker": current.speaker,
        "times": word_times.list_times(current) if transcript.has_times else [],
    }


def _read_base_number() -> int:
    """From If-Match. Who does not say which version they saw may not overwrite any."""
    number = request.headers.get("If-Match", "").strip().strip('"')
    if not (number.isascii() and number.isdecimal()):
        abort(428)
    return int(number[:9])
