"""The page for an interviewer while the interview goes on, and the taps that it sends. Rules are in markers.py."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import BadRequest

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.calls import schedule_of
from interviews.models import Booking
from interviews.script import script_of
from transcripts import markers, recordings
from transcripts.blueprint import bp
from transcripts.models import Marker, MarkerKind
from transcripts.sent_taps import MOST_NOTE, SentTap, UnreadableTapsError, id_of, kind_of, taps_of
from transcripts.views.found import booking_to_upload_to


@bp.route("/staff/interviews/<uuid:booking_id>/live")
@requires(Permission.UPLOAD_RECORDING)
def live_script(booking_id: UUID) -> ResponseReturnValue:
    booking = booking_to_upload_to(booking_id)
    contribution = booking.volunteer.contribution
    schedule = schedule_of(contribution.schedule_version)
    rows = markers.of_interview(contribution.id)
    return render_template(
        "transcripts/live_script.html",
        booking=booking,
        script=script_of(schedule),
        markers=rows,
        last_of={row.question_key: row for row in rows if row.question_key and row.kind is not MarkerKind.NOTE},
        numbers={question.key: number for number, question in enumerate(schedule.questions(), 1)},
        began=next((row for row in reversed(rows) if row.kind is MarkerKind.BEGAN), None),
        may_record=recordings.may_record(contribution),
        most_note=MOST_NOTE,
        now=_milliseconds(clock.now()),
        new_id=uuid4,
        zone=booking.volunteer.call.zone,
        local_time=_local_time,
        person_id=signed_in().id,
    )


@bp.route("/staff/interviews/<uuid:booking_id>/markers")
@requires(Permission.UPLOAD_RECORDING)
def list_markers(booking_id: UUID) -> ResponseReturnValue:
    """What the page asks for when it cannot send: the server's clock, and a token of the session that is now."""
    booking = booking_to_upload_to(booking_id)
    return _told(booking, {})


@bp.route("/staff/interviews/<uuid:booking_id>/markers", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def send_markers(booking_id: UUID) -> ResponseReturnValue:
    booking = booking_to_upload_to(booking_id)
    try:
        sent = taps_of(_json())
    except UnreadableTapsError as error:
        return jsonify(error=str(error)), 400
    refused = markers.take(booking.volunteer.contribution, sent, signed_in().id)
    db.session.commit()
    return _told(booking, refused)


@bp.route("/staff/interviews/<uuid:booking_id>/tap", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def tap(booking_id: UUID) -> ResponseReturnValue:
    """One tap as a form, for browsers that run no script."""
    booking = booking_to_upload_to(booking_id)
    form, key = request.form, request.form.get("question") or None
    try:
        sent = SentTap(
            id_of(form.get("id")), kind_of(form.get("kind")), key, form.get("note", "")[:MOST_NOTE], clock.now()
        )
        refused = markers.take(booking.volunteer.contribution, [sent], signed_in().id)
        db.session.commit()
        for words in refused.values():
            flash(words)
    except RuleError as error:
        flash(str(error))
    return redirect(url_for("transcripts.live_script", booking_id=booking.id, _anchor=f"ask-{key}" if key else "noted"))


@bp.route("/staff/interviews/<uuid:booking_id>/markers/<uuid:marker_id>/undo", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def undo_tap(booking_id: UUID, marker_id: UUID) -> ResponseReturnValue:
    booking = booking_to_upload_to(booking_id)
    if markers.undo(booking.volunteer.contribution, marker_id):
        markers.map_again(booking.volunteer.contribution_id)
    db.session.commit()
    return redirect(url_for("transcripts.live_script", booking_id=booking.id, _anchor="noted"))


def _told(booking: Booking, refused: dict[UUID, str]) -> ResponseReturnValue:
    return jsonify(
        now=_milliseconds(clock.now()),
        token=generate_csrf(),
        refused={str(tap_id): words for tap_id, words in refused.items()},
        markers=[_shown(row) for row in markers.of_interview(booking.volunteer.contribution_id)],
    )


def _shown(row: Marker) -> dict[str, object]:
    return {
        "id": str(row.id),
        "kind": row.kind.value,
        "question": row.question_key,
        "note": row.note,
        "at": _milliseconds(row.tapped_at),
    }


def _json() -> object:
    try:
        return request.get_json()
    except (BadRequest, RecursionError) as error:
        raise UnreadableTapsError("This is not JSON that can be read.") from error


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _local_time(moment: datetime, zone: str) -> str:
    return f"{clock.in_zone(moment, zone):%H:%M:%S}"
