"""Our driver with clocks on forward passes, the search for speech and decoding. Changes nothing that it finds."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.cli import FlaskGroup

from transcripts.audio import streams
from transcripts.recognition import alignment, decoder_steps, long_form, window_batches
from transcripts.recognition.decoder_steps import AlignmentRun, DecoderRun
from transcripts.recognition.windowed_recogniser import WindowedRecogniser


class ClockedRun:
    """Each moment counts for the innermost of what is clocked."""

    def __init__(self) -> None:
        self._seconds = dict.fromkeys(("outside", "forward passes", "search for speech", "decoding"), 0.0)
        self._running, self._since = ["outside"], 0.0
        self._clock("forward passes", DecoderRun, "compute_states")
        self._clock("forward passes", AlignmentRun, "compute_qk")
        self._clock("forward passes", decoder_steps, "project_logits")
        self._clock("forward passes", alignment, "project_logits")
        self._clock("forward passes", window_batches, "encode_and_allocate_cache")
        self._clock("search for speech", long_form, "find_speech")
        self._clock_iterator("decoding", streams, "decode_chunks")
        self._clock_all()

    def run_command(self, recording: Path, model: Path, output: Path) -> None:
        from wsgi import create_app

        arguments = [str(recording), "--model", str(model), "--language", "en", "-o", str(output)]
        flask = FlaskGroup(create_app=create_app)
        flask.main(["transcripts", "transcribe", *arguments], standalone_mode=False)

    def get_shares(self) -> dict[str, float]:
        outside = self._seconds["outside"] + self._seconds["decoding"]
        return {**self._seconds, "outside share": outside / sum(self._seconds.values())}

    @contextmanager
    def _count_as(self, what: str) -> Iterator[None]:
        self._record_elapsed()
        self._running.append(what)
        try:
            yield
        finally:
            self._record_elapsed()
            self._running.pop()

    def _record_elapsed(self) -> None:
        now = time.perf_counter()
        self._seconds[self._running[-1]] += now - self._since
        self._since = now

    def _clock(self, what: str, owner: Any, name: str) -> None:
        run: Callable[..., Any] = getattr(owner, name)

        def clocked(*arguments: Any, **named: Any) -> Any:
            with self._count_as(what):
                return run(*arguments, **named)

        setattr(owner, name, clocked)

    def _clock_iterator(self, what: str, owner: Any, name: str) -> None:
        begin: Callable[..., Generator[Any, None, Any]] = getattr(owner, name)

        def clocked(*arguments: Any, **named: Any) -> Generator[Any, None, None]:
            pieces = begin(*arguments, **named)
            try:
                while True:
                    with self._count_as(what):
                        piece = next(pieces, None)
                    if piece is None:
                        return
                    yield piece
            finally:
                pieces.close()

        setattr(owner, name, clocked)

    def _clock_all(self) -> None:
        recognise = WindowedRecogniser.recognise

        def clocked(*arguments: Any, **named: Any) -> Iterator[Any]:
            self._since = time.perf_counter()
            yield from recognise(*arguments, **named)
            self._record_elapsed()

        WindowedRecogniser.recognise = clocked  # type: ignore[method-assign]
