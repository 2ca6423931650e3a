"""Change which words a passage holds: its boundary, or a question for chosen words. Rules are in redrawing.py."""

from collections.abc import Callable
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from evidence.calls import schedule_of
from transcripts import passages, redrawing
from transcripts.blueprint import bp
from transcripts.models import Passage
from transcripts.places import span_of
from transcripts.spans import Span
from transcripts.stored_transcripts import spoken_segments
from transcripts.views.found import transcript_to_read
from transcripts.word_places import near_boundary, place_sent, sent, sentences, words_near_boundary


@bp.route("/staff/passages/<uuid:passage_id>/words")
@requires(Permission.CODE_EVIDENCE)
def edit_passage(passage_id: UUID) -> ResponseReturnValue:
    """The forms for people who neither drag nor select."""
    passage = _passage(passage_id)
    transcript, segments = passage.transcript, spoken_segments(passage.transcript)
    before = _before(passage)
    return render_template(
        "transcripts/edit_passage.html",
        passage=passage,
        before=before,
        transcript=transcript,
        contribution=transcript.contribution,
        schedule=schedule_of(transcript.contribution.schedule_version),
        begins=sent(span_of(passage).start),
        beginnings=near_boundary(segments, span_of(before), span_of(passage)) if before else [],
        sentences=sentences(segments, span_of(passage)),
        mark_of=passages.mark_of,
        mark_of_all=redrawing.mark_of_all(transcript),
    )


@bp.route("/staff/passages/<uuid:passage_id>/places")
@requires(Permission.CODE_EVIDENCE)
def list_places(passage_id: UUID) -> ResponseReturnValue:
    """Where a passage could begin instead, word by word: for a boundary that is dragged."""
    passage = _passage(passage_id)
    before = _before(passage)
    if before is None:
        abort(404)
    segments = spoken_segments(passage.transcript)
    found = words_near_boundary(segments, span_of(before), span_of(passage))
    return {
        "begins": sent(span_of(passage).start),
        "seen": passages.mark_of(passage),
        "seen_before": passages.mark_of(before),
        "places": [[item.start, round(item.start_seconds, 2), item.text] for item in found],
    }


@bp.route("/staff/passages/<uuid:passage_id>/begins", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def move_boundary(passage_id: UUID) -> ResponseReturnValue:
    """Where a passage begins, and the one before it ends."""
    transcript_id = _passage(passage_id).transcript_id

    def move() -> UUID:
        passage = passages.to_decide(passage_id, request.form.get("seen", ""))
        to = place_sent(spoken_segments(passage.transcript), request.form.get("place", ""))
        redrawing.move_boundary(passage, to, request.form.get("seen_before", ""), signed_in().id)
        return passage.id

    return _redraw(transcript_id, move)


@bp.route("/staff/transcripts/<uuid:transcript_id>/give", methods=["POST"])
@requires(Permission.CODE_EVIDENCE)
def give_question(transcript_id: UUID) -> ResponseReturnValue:
    """Chosen words, from one place up to another, to a question; an empty `question` means none."""
    transcript = transcript_to_read(transcript_id)
    if "question" not in request.form:
        abort(400)

    def give() -> UUID | None:
        segments = spoken_segments(transcript)
        start = place_sent(segments, request.form.get("from", ""))
        chosen = Span(start, place_sent(segments, request.form.get("to", ""), is_end=True))
        redrawing.give_question(
            transcript,
            chosen,
            request.form["question"] or None,
            signed_in().id,
            seen=request.form.get("seen", ""),
            is_accepted="accept" in request.form,
        )
        return next((row.id for row in transcript.passages if span_of(row).end > start), None)

    return _redraw(transcript.id, give)


def _redraw(transcript_id: UUID, change: Callable[[], UUID | None]) -> ResponseReturnValue:
    anchor = "steps"
    try:
        changed = change()
        anchor = f"passage-{changed}" if changed else anchor
        db.session.commit()
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_transcript", transcript_id=transcript_id, _anchor=anchor))


def _passage(passage_id: UUID) -> Passage:
    passage = db.session.get(Passage, passage_id)
    if passage is None:
        abort(404)
    return passage


def _before(passage: Passage) -> Passage | None:
    rows = redrawing.in_order(passage.transcript)
    number = rows.index(passage)
    return rows[number - 1] if number else None
