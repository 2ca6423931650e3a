"""Read one file out of a multipart form while it arrives, so that it never lies in memory or in a temporary folder.

Keeps nothing itself: recordings.py hands what this reads to the storage.
"""

from dataclasses import dataclass
from typing import IO

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from core.errors import RuleError
from core.files import CutShortError

PIECE_BYTES = 256 * 1024
MOST_HELD_BYTES = 4 * PIECE_BYTES  # a part's headers that are longer than this are no browser's
MOST_PARTS = 20
MOST_WORDS_BYTES = 1000  # of a form's other fields: a choice, no text


class NotAFormError(RuleError):
    """The body is not what a form with a file sends."""


class ArrivingFile:
    """The bytes of one file, to be read once, from beginning to end."""

    def __init__(self, body: "_Body") -> None:
        self._body = body
        self._has_ended = False

    def read(self, _size: int = -1) -> bytes:
        """The next bytes, at most about PIECE_BYTES whatever is asked for; empty at the end. Raises CutShortError."""
        while not self._has_ended:
            event = self._body.next_event()
            if isinstance(event, Data):
                self._has_ended = not event.more_data
                if event.data:
                    return event.data
        return b""


@dataclass(frozen=True, slots=True)
class ArrivingForm:
    """What stood before the file, and the file; None when none was chosen."""

    words: dict[str, str]
    file: ArrivingFile | None


def arriving_file(stream: IO[bytes], boundary: bytes, field: str) -> ArrivingFile | None:
    """The file of a form's field; None when no file was chosen. Raises NotAFormError, CutShortError."""
    return arriving_form(stream, boundary, field).file


def arriving_form(stream: IO[bytes], boundary: bytes, field: str) -> ArrivingForm:
    """The same, with the other fields that come before it. Raises NotAFormError, CutShortError."""
    body, words, name = _Body(stream, boundary), dict[str, str](), ""
    while not isinstance(event := body.next_event(), Epilogue):
        if isinstance(event, File) and event.name == field:
            return ArrivingForm(words, ArrivingFile(body) if event.filename else None)
        if isinstance(event, File | Field):
            name = event.name if isinstance(event, Field) and event.name != field else ""
        elif isinstance(event, Data) and name:
            words[name] = _more(words.get(name, ""), event.data)
    return ArrivingForm(words, None)


def _more(words: str, data: bytes) -> str:
    if len(words) + len(data) > MOST_WORDS_BYTES:
        raise NotAFormError("This upload could not be read. Please use the form on this page.")
    return words + data.decode(errors="replace")


class _Body:
    def __init__(self, stream: IO[bytes], boundary: bytes) -> None:
        self._stream = stream
        self._decoder = MultipartDecoder(boundary, MOST_HELD_BYTES, max_parts=MOST_PARTS)
        self._is_over = False

    def next_event(self) -> Event:
        try:
            while isinstance(event := self._decoder.next_event(), NeedData):
                piece = self._stream.read(PIECE_BYTES)
                self._is_over = not piece
                self._decoder.receive_data(piece or None)
        except (ClientDisconnected, ValueError, RequestEntityTooLarge) as error:
            if self._is_over or isinstance(error, ClientDisconnected):
                raise CutShortError(
                    "The connection was lost before the whole file had arrived. Please upload it again."
                ) from error
            raise NotAFormError("This upload could not be read. Please use the form on this page.") from error
        return event
