"""Read one file from a multipart form while it arrives, so that it is never in memory or a temporary folder."""

from dataclasses import dataclass
from typing import IO

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from core.errors import RuleError
from core.file_storage import IncompleteUploadError

PIECE_BYTES = 256 * 1024
MAX_BUFFERED_BYTES = 4 * PIECE_BYTES  # no browser sends longer headers for a part
MAX_FORM_PARTS = 20
MAX_FIELD_BYTES = 1000  # the form's other fields are choices, not texts


class UnreadableFormError(RuleError): ...


class StreamedFile:
    def __init__(self, body: "_Body") -> None:
        self._body = body
        self._has_ended = False

    def read(self, _size: int = -1) -> bytes:
        """The next bytes, about PIECE_BYTES at most; empty at the end. Raises IncompleteUploadError."""
        while not self._has_ended:
            event = self._body.next_event()
            if isinstance(event, Data):
                self._has_ended = not event.more_data
                if event.data:
                    return event.data
        return b""


@dataclass(frozen=True, slots=True)
class StreamedForm:
    fields: dict[str, str]  # those before the file
    file: StreamedFile | None  # None: no file was chosen


def read_streamed_file(stream: IO[bytes], boundary: bytes, field: str) -> StreamedFile | None:
    return read_streamed_form(stream, boundary, field).file


def read_streamed_form(stream: IO[bytes], boundary: bytes, field: str) -> StreamedForm:
    """The file with the fields before it. Raises UnreadableFormError, IncompleteUploadError."""
    body, fields, name = _Body(stream, boundary), dict[str, str](), ""
    while not isinstance(event := body.next_event(), Epilogue):
        if isinstance(event, File) and event.name == field:
            return StreamedForm(fields, StreamedFile(body) if event.filename else None)
        if isinstance(event, File | Field):
            name = event.name if isinstance(event, Field) and event.name != field else ""
        elif isinstance(event, Data) and name:
            fields[name] = _append_to_field(fields.get(name, ""), event.data)
    return StreamedForm(fields, None)


def _append_to_field(value: str, data: bytes) -> str:
    if len(value) + len(data) > MAX_FIELD_BYTES:
        raise UnreadableFormError("This upload could not be read. Please use the form on this page.")
    return value + data.decode(errors="replace")


class _Body:
    def __init__(self, stream: IO[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._decoder = MultipartDecoder(boundary, MAX_BUFFERED_BYTES, max_parts=MAX_FORM_PARTS)
        self._is_exhausted = False

    def next_event(self) -> Event:
        try:
            while isinstance(event := self._decoder.next_event(), NeedData):
                piece = self._stream.read(PIECE_BYTES)
                self._is_exhausted = not piece
                self._decoder.receive_data(piece or None)
        except (ClientDisconnected, ValueError, RequestEntityTooLarge) as error:
            if self._is_exhausted or isinstance(error, ClientDisconnected):
                raise IncompleteUploadError(
                    "The connection was lost before the whole file was uploaded. Please upload it again."
                ) from error
            raise UnreadableFormError("This upload could not be read. Please use the form on this page.") from error
        return event
