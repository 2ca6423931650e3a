"""The live script: the page an interviewer uses during an interview, and the taps that it sends."""

from datetime import datetime
from uuid import UUID, uuid4

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import BadRequest

from accounts.access import current_person_or_403, requires
from accounts.roles import Permission
from core import clock
from core.database import db
from core.transactions import committing
from evidence.calls import get_schedule
from interviews.bookings.interview_script import build_script
from interviews.models import Booking
from transcripts.markers import live_markers
from transcripts.markers.payload import (
    MAX_NOTE_LENGTH,
    SentTap,
    UnreadableTapsError,
    parse_kind,
    parse_tap_id,
    parse_taps,
)
from transcripts.models import Marker, MarkerKind
from transcripts.recordings import recordings
from transcripts.views.blueprint import bp
from transcripts.views.lookups import uploadable_booking_or_404


@bp.route("/staff/interviews/<uuid:booking_id>/live")
@requires(Permission.UPLOAD_RECORDING)
def show_live_script(booking_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    contribution = booking.volunteer.contribution
    schedule = get_schedule(contribution.schedule_version)
    rows = live_markers.list_markers(contribution.id)
    return render_template(
        "transcripts/markers/show_live_script.html",
        booking=booking,
        script=build_script(schedule),
        markers=rows,
        latest_markers={row.question_key: row for row in rows if row.question_key and row.kind is not MarkerKind.NOTE},
        numbers={question.key: number for number, question in enumerate(schedule.iter_questions(), 1)},
        began=next((row for row in reversed(rows) if row.kind is MarkerKind.BEGAN), None),
        may_record=recordings.may_record(contribution),
        max_note_length=MAX_NOTE_LENGTH,
        now=_to_milliseconds(clock.now()),
        new_id=uuid4,
        zone=booking.volunteer.call.zone,
        local_time=_format_local_time,
        person_id=current_person_or_403().id,
    )


@bp.route("/staff/interviews/<uuid:booking_id>/markers")
@requires(Permission.UPLOAD_RECORDING)
def list_markers(booking_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    return _respond(booking, {})


@bp.route("/staff/interviews/<uuid:booking_id>/markers", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def send_markers(booking_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    try:
        sent = parse_taps(_read_json())
    except UnreadableTapsError as error:
        return jsonify(error=str(error)), 400
    refused = live_markers.record_taps(booking.volunteer.contribution, sent, current_person_or_403().id)
    db.session.commit()
    return _respond(booking, refused)


@bp.route("/staff/interviews/<uuid:booking_id>/tap", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def record_tap(booking_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    key = request.form.get("question") or None
    with committing():
        tap = _read_form_tap(key)
        refused = live_markers.record_taps(booking.volunteer.contribution, [tap], current_person_or_403().id)
        for message in refused.values():
            flash(message, "error")
    return redirect(
        url_for("transcripts.show_live_script", booking_id=booking.id, _anchor=f"ask-{key}" if key else "markers")
    )


@bp.route("/staff/interviews/<uuid:booking_id>/markers/<uuid:marker_id>/undo", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def undo_tap(booking_id: UUID, marker_id: UUID) -> ResponseReturnValue:
    booking = uploadable_booking_or_404(booking_id)
    if live_markers.undo_tap(booking.volunteer.contribution, marker_id):
        live_markers.remap_interview(booking.volunteer.contribution_id)
    db.session.commit()
    return redirect(url_for("transcripts.show_live_script", booking_id=booking.id, _anchor="markers"))


def _respond(booking: Booking, refused: dict[UUID, str]) -> ResponseReturnValue:
    return jsonify(
        now=_to_milliseconds(clock.now()),
        token=generate_csrf(),
        refused={str(tap_id): message for tap_id, message in refused.items()},
        markers=[_serialise_marker(row) for row in live_markers.list_markers(booking.volunteer.contribution_id)],
    )


def _serialise_marker(row: Marker) -> dict[str, object]:
    return {
        "id": str(row.id),
        "kind": row.kind.value,
        "question": row.question_key,
        "note": row.note,
        "at": _to_milliseconds(row.tapped_at),
    }


def _read_form_tap(key: str | None) -> SentTap:
    form = request.form
    return SentTap(
        id=parse_tap_id(form.get("id")),
        kind=parse_kind(form.get("kind")),
        question_key=key,
        note=form.get("note", "")[:MAX_NOTE_LENGTH],
        at=clock.now(),
    )


def _read_json() -> object:
    try:
        return request.get_json()
    except (BadRequest, RecursionError) as error:
        raise UnreadableTapsError("This is not valid JSON.") from error


def _to_milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _format_local_time(moment: datetime, zone: str) -> str:
    return f"{clock.convert_to_zone(moment, zone):%H:%M:%S}"
