"""Pages to move a passage's boundary and to give chosen words a question of their own."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import exits
from core.exits import ExitUse
from core.transactions import committing
from evidence.calls import get_schedule
from transcripts.models import Passage
from transcripts.passages import acceptance, boundary_edits
from transcripts.passages.passage_spans import get_span
from transcripts.passages.word_offsets import (
    format_offset,
    list_sentences,
    list_sentences_near,
    list_words_near,
    parse_offset,
)
from transcripts.text.current_text import list_current_segments
from transcripts.text.spans import WordSpan
from transcripts.views.blueprint import bp
from transcripts.views.lookups import passage_or_404, transcript_or_404


@bp.route("/staff/passages/<uuid:passage_id>/words")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("sentences of a transcript", ExitUse.READING, ExitUse.CORRECTING)
def edit_passage(passage_id: UUID) -> ResponseReturnValue:
    passage = passage_or_404(passage_id)
    transcript, segments = passage.transcript, list_current_segments(passage.transcript)
    previous = _find_previous(passage)
    return render_template(
        "transcripts/passages/edit_passage.html",
        passage=passage,
        previous=previous,
        transcript=transcript,
        contribution=transcript.contribution,
        schedule=get_schedule(transcript.contribution.schedule_version),
        current_start=format_offset(get_span(passage).start),
        possible_starts=list_sentences_near(segments, get_span(previous), get_span(passage)) if previous else [],
        sentences=list_sentences(segments, get_span(passage)),
        build_revision=acceptance.build_revision,
        overall_revision=boundary_edits.build_overall_revision(transcript),
    )


@bp.route("/staff/passages/<uuid:passage_id>/places")
@requires(Permission.CODE_EVIDENCE)
@exits.returns("words of a transcript", ExitUse.READING, ExitUse.CORRECTING)
def list_boundaries(passage_id: UUID) -> ResponseReturnValue:
    passage = passage_or_404(passage_id)
    previous = _find_previous(passage)
    if previous is None:
        abort(404)
    segments = list_current_segments(passage.transcript)
    offsets = list_words_near(segments, get_span(previous), get_span(passage))
    return {
        "begins": format_offset(get_span(passage).start),
        "seen": acceptance.build_revision(passage),
        "seen_before": acceptance.build_revision(previous),
        "places": [[item.start, round(item.start_seconds, 2), item.text] for item in offsets],
    }


@bp.route("/staff/passages/<uuid:passage_id>/begins", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def move_boundary(passage_id: UUID) -> ResponseReturnValue:
    transcript_id = passage_or_404(passage_id).transcript_id

    def move() -> UUID:
        passage = acceptance.lock_passage(passage_id, request.form.get("seen", ""))
        offset = parse_offset(list_current_segments(passage.transcript), request.form.get("place", ""))
        boundary_edits.move_boundary(passage, offset, request.form.get("seen_before", ""), current_person_or_403().id)
        return passage.id

    return _apply_change(transcript_id, move)


@bp.route("/staff/transcripts/<uuid:transcript_id>/give", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def assign_question(transcript_id: UUID) -> ResponseReturnValue:
    transcript = transcript_or_404(transcript_id)
    if "question" not in request.form:
        abort(400)

    def assign() -> UUID | None:
        segments = list_current_segments(transcript)
        start = parse_offset(segments, request.form.get("from", ""))
        selection = WordSpan(start, parse_offset(segments, request.form.get("to", ""), is_end=True))
        boundary_edits.assign_question(
            transcript,
            selection,
            request.form["question"] or None,
            current_person_or_403().id,
            revision=request.form.get("seen", ""),
            is_accepted="accept" in request.form,
        )
        return next((row.id for row in transcript.passages if get_span(row).end > start), None)

    return _apply_change(transcript.id, assign)


def _apply_change(transcript_id: UUID, change: Callable[[], UUID | None]) -> ResponseReturnValue:
    changed = None
    with committing():
        changed = change()
    anchor = f"passage-{changed}" if changed else "steps"
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor=anchor))


def _find_previous(passage: Passage) -> Passage | None:
    rows = boundary_edits.sort_passages(passage.transcript)
    index = rows.index(passage)
    return rows[index - 1] if index else None
