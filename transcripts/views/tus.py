"""Uploads that go on where they stopped: the server's side of tus 1.0.0, for the module upload.js or any tus client."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from uuid import UUID

from flask import Response, abort, make_response, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from accounts.access import requires, signed_in
from accounts.roles import Permission
from core import clock
from core.database import db, is_full
from core.errors import RuleError
from core.files import StorageFullError, StorageRefusedError, StorageUnreachableError, TooLargeError
from core.pages import csrf
from transcripts import languages, recordings, together
from transcripts.blueprint import bp
from transcripts.models import Upload
from transcripts.uploads import ending, parts, tus_protocol, uploads
from transcripts.uploads.parts import ArrivingBytes, OffsetMovedError
from transcripts.uploads.tus_protocol import BODY_TYPE, CHECKSUM_MISMATCH, Checksum, ProtocolError
from transcripts.views.found import booking_to_upload_to
from transcripts.views.unread_bodies import answered_early, check_token, limit_silence, note_whole_body

P = ParamSpec("P")
COLLECTION = "/staff/bookings/<uuid:booking_id>/uploads"
STATUSES: dict[type[RuleError], int] = {
    recordings.RecordingNotAllowedError: 403,
    uploads.TooManyUploadsError: 403,
    uploads.AlreadyWholeError: 403,
    uploads.UploadOverError: 410,
    TooLargeError: 413,
    StorageFullError: 507,
    StorageUnreachableError: 503,
    StorageRefusedError: 503,
}
SIGNED_OUT = "You are no longer signed in. What has arrived is kept: sign in again and choose the same file to go on."
STALE_PAGE = "This page has expired. What has arrived is kept: load the page again and choose the same file to go on."


def in_words_of_tus(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Each answer names the version, and a refusal is a status with one sentence instead of a page."""

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        response = _answer(lambda: view(*args, **kwargs))
        response.headers["Tus-Resumable"] = tus_protocol.VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = tus_protocol.VERSION
        if response.status_code == CHECKSUM_MISMATCH:
            response.status = f"{CHECKSUM_MISMATCH} Checksum Mismatch"
        return response

    return answered


@bp.route(COLLECTION, methods=["POST", "OPTIONS"], provide_automatic_options=False)
@csrf.exempt  # type: ignore[untyped-decorator]  # the common protection would read the body; check_token does not
@answered_early
@in_words_of_tus
@requires(Permission.UPLOAD_RECORDING)
def begin_upload(booking_id: UUID) -> ResponseReturnValue:
    if _method() == "OPTIONS":
        return _capabilities()
    tus_protocol.require_version(request.headers.get("Tus-Resumable"))
    check_token()
    contribution = booking_to_upload_to(booking_id).volunteer.contribution
    length = tus_protocol.length_of(request.headers, most_bytes=recordings.most_bytes())
    told = tus_protocol.metadata_of(request.headers)
    checksum = tus_protocol.checksum_of(request.headers)
    upload = uploads.begin(
        contribution,
        length,
        told.get("fingerprint", ""),
        by=signed_in().id,
        language=languages.chosen(told.get("language", "")),
        group=together.group_of(told.get("group", "")),
        modified_at=clock.moment_of(told.get("modified", "")),
    )
    address = url_for("transcripts.send_upload", booking_id=booking_id, upload_id=upload.id)
    upload_id = upload.id
    db.session.commit()
    offset = _received(upload_id, 0, length, checksum) if request.mimetype == BODY_TYPE else _nothing_came()
    return _told(201, {"Location": address, **_standing(offset)})


@bp.route(
    f"{COLLECTION}/<uuid:upload_id>",
    methods=["HEAD", "PATCH", "DELETE", "POST", "OPTIONS"],
    provide_automatic_options=False,
)
@csrf.exempt  # type: ignore[untyped-decorator]  # as above
@answered_early
@in_words_of_tus
@requires(Permission.UPLOAD_RECORDING)
def send_upload(booking_id: UUID, upload_id: UUID) -> ResponseReturnValue:
    method = _method()
    if method == "OPTIONS":
        return _capabilities()
    if method not in DEEDS:
        abort(405)
    tus_protocol.require_version(request.headers.get("Tus-Resumable"))
    if method != "HEAD":
        check_token()
    contribution_id = booking_to_upload_to(booking_id).volunteer.contribution_id
    upload = uploads.find_own(upload_id, contribution_id, signed_in().id)
    if upload is None:
        abort(404)
    return DEEDS[method](upload)


def _look(upload: Upload) -> Response:
    uploads.require_arriving(parts.settled(upload))
    return _told(200, {"Upload-Length": str(upload.length_bytes), **_standing(upload.offset_bytes, upload)})


def _send(upload: Upload) -> Response:
    tus_protocol.require_body_type(request.mimetype)
    offset, checksum = tus_protocol.offset_of(request.headers), tus_protocol.checksum_of(request.headers)
    uploads.require_arriving(upload)
    if offset != upload.offset_bytes:
        raise OffsetMovedError(upload.offset_bytes)
    left = upload.length_bytes - offset
    if (request.content_length or 0) > left:
        raise ProtocolError(413, "More bytes were sent than the file has.")
    upload_id = upload.id
    db.session.rollback()  # nothing is held open while the bytes arrive
    return _told(204, _standing(_received(upload_id, offset, left, checksum)))


def _remove(upload: Upload) -> Response:
    uploads.cancel(upload)
    upload_id = upload.id
    db.session.commit()
    ending.remove_parts(upload_id)
    return _told(204, {})


DEEDS = {"HEAD": _look, "PATCH": _send, "DELETE": _remove}


def _received(upload_id: UUID, offset: int, left: int, checksum: Checksum | None) -> int:
    request.max_content_length = left
    limit_silence()
    body = ArrivingBytes(request.stream, left, checksum)
    offset = parts.receive(upload_id, offset, body)
    if body.bytes_read == request.content_length:
        note_whole_body()
    return offset


def _nothing_came() -> int:
    if not request.content_length:
        note_whole_body()
    return 0


def _method() -> str:
    """Some firewalls let only GET and POST through, so a client may name the method in a header."""
    return request.headers.get("X-HTTP-Method-Override", request.method).upper()


def _standing(offset: int, upload: Upload | None = None) -> dict[str, str]:
    expires = upload.expires_at if upload else clock.now() + uploads.KEPT
    return {"Upload-Offset": str(offset), "Upload-Expires": tus_protocol.http_date(expires)}


def _capabilities() -> Response:
    return _told(204, tus_protocol.capabilities(recordings.most_bytes()))


def _told(status: int, headers: dict[str, str], words: str = "") -> Response:
    return Response(words, status=status, headers=headers, mimetype="text/plain")


def _answer(view: Callable[[], ResponseReturnValue]) -> Response:
    try:
        response = make_response(view())
    except CSRFError:
        return _refused(400, STALE_PAGE)
    except HTTPException as error:
        return _refused(error.code or 500, error.description or "")
    except OperationalError as error:
        if not is_full(error):
            raise
        return _refused(507, str(StorageFullError()))
    except RuleError as error:
        status = error.status if isinstance(error, ProtocolError) else STATUSES.get(type(error), 400)
        return _refused(status, str(error))
    return _refused(401, SIGNED_OUT) if 300 <= response.status_code < 400 else response


def _refused(status: int, words: str) -> Response:
    db.session.rollback()
    return _told(status, {}, words)
