"""Where each recording stands: the list, one recording with its progress, stop and try again."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core.database import db
from core.errors import RuleError
from transcripts import language_changes, languages, listing, next_up, recordings, together, transcription
from transcripts.blueprint import bp
from transcripts.forms import LanguageForm
from transcripts.models import Recording, RecordingState
from transcripts.ownership import booking_of, may_upload_to
from transcripts.speakers import tracks
from transcripts.standing import standing_of
from transcripts.views.found import recording_to_describe, recording_to_hear
from transcripts.views.marking import shown_markers


@bp.route("/staff/recordings")
@requires(Permission.SEE_STAFF_PAGES)
def list_recordings() -> ResponseReturnValue:
    person, only_refused = signed_in(), request.args.get("state") == RecordingState.REFUSED
    return render_template(
        "transcripts/list_recordings.html",
        interviews=listing.interviews_with_recordings(person, RecordingState.REFUSED if only_refused else None),
        texts=[] if only_refused else listing.texts_without_recording(person),
        waiting=[] if only_refused else listing.interviews_without_recording(person),
        only_refused=only_refused,
    )


@bp.route("/staff/recordings/<uuid:recording_id>")
@requires(Permission.SEE_STAFF_PAGES)
def show_recording(recording_id: UUID) -> ResponseReturnValue:
    shown = _shown(recording_to_hear(recording_id))
    may_change = shown["booking"] is not None and language_changes.may_change(shown["recording"])
    form = LanguageForm(formdata=None, language=shown["recording"].language or "") if may_change else None
    not_played = recordings.why_not_played(shown["recording"].contribution)
    return render_template("transcripts/show_recording.html", language_form=form, not_played=not_played, **shown)


@bp.route("/staff/recordings/<uuid:recording_id>/progress")
@requires(Permission.SEE_STAFF_PAGES)
def recording_progress(recording_id: UUID) -> ResponseReturnValue:
    """The part of the page that changes, for the browser to ask for again and again."""
    return render_template("transcripts/recording_progress.html", **_shown(recording_to_hear(recording_id)))


@bp.route("/staff/recordings/<uuid:recording_id>/cancel", methods=["POST"])
@requires(Permission.SEE_STAFF_PAGES)
def cancel_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_to_hear(recording_id)
    transcription.cancel(recording)
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


@bp.route("/staff/recordings/<uuid:recording_id>/retry", methods=["POST"])
@requires(Permission.SEE_STAFF_PAGES)
def retry_recording(recording_id: UUID) -> ResponseReturnValue:
    recording = recording_to_hear(recording_id)
    try:
        transcription.ask_for_next_step(recording)
    except RuleError as error:
        flash(str(error))
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording.id))


@bp.route("/staff/recordings/<uuid:recording_id>/language", methods=["POST"])
@requires(Permission.UPLOAD_RECORDING)
def change_recordings_language(recording_id: UUID) -> ResponseReturnValue:
    """An empty `language` means that it is to be found out."""
    recording = recording_to_describe(recording_id)
    try:
        language_changes.change(recording, languages.chosen(request.form.get("language", "")))
        db.session.commit()
        flash(f"Language spoken: {languages.name_of(recording.language)}.", "success")
    except RuleError as error:
        db.session.rollback()
        flash(str(error))
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


@bp.route("/staff/recordings/<uuid:recording_id>/first", methods=["POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def write_down_next(recording_id: UUID) -> ResponseReturnValue:
    next_up.choose(recording_to_hear(recording_id))
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


@bp.route("/staff/recordings/<uuid:recording_id>/in-turn", methods=["POST"])
@requires(Permission.MANAGE_VOLUNTEERS)
def write_down_in_turn(recording_id: UUID) -> ResponseReturnValue:
    next_up.take_back(recording_to_hear(recording_id))
    db.session.commit()
    return redirect(url_for("transcripts.show_recording", recording_id=recording_id))


def _shown(recording: Recording) -> dict[str, Any]:
    booking = booking_of(recording.contribution_id)
    may_upload = booking is not None and may_upload_to(booking, signed_in())
    language = tracks.carrier(recording).language
    return {
        "recording": recording,
        "standing": standing_of(recording),
        "may_choose": signed_in().may(Permission.MANAGE_VOLUNTEERS),
        "beside": together.beside(recording),
        "language": languages.name_of(language) if language else "",
        "booking": booking if may_upload else None,
        "zone": recording.contribution.call.zone,
        **shown_markers(recording),
    }
