"""The road through a long recording with an engine that only notes what it is given. Speech is found by silero-vad."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from silero_vad import get_speech_timestamps, load_silero_vad
from torch import from_numpy

from tests.make_evidence import SAMPLES
from transcripts.recognition.clips import Clip
from transcripts.recognition.glossary import fitting, terms_of
from transcripts.recognition.long_form import Cutting, recognised
from transcripts.recognition.pace import Pace, Progress
from transcripts.recognition.recogniser import RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.speech_windows import PAD_SECONDS, SHORTEST_SILENCE_SECONDS, speech_in, speech_spans
from transcripts.sound import audio
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, Span, blocks, cut, decoded_file, in_memory
from transcripts.spoken import SpokenSegment

Samples = NDArray[np.float32]
CUTTING = Cutting(longest_window_seconds=5.0, windows_together=3)
SAMPLE = SAMPLES / "interview-2.ogg"


@dataclass
class Scripted:
    """An engine whose words are the clip's own figures."""

    heard: list[Clip] = field(default_factory=list)
    guessed_from: list[float] = field(default_factory=list)

    def language_of(self, clips: Sequence[Clip], check: Callable[[], None]) -> str:  # noqa: ARG002 as the Protocol has it
        self.guessed_from = [clip.offset_seconds for clip in clips]
        return "cy"

    def hear(
        self,
        clips: Sequence[Clip],
        language: str,  # noqa: ARG002
        check: Callable[[], None],
    ) -> list[tuple[SpokenSegment, ...]]:
        check()
        self.heard.extend(clips)
        return [
            (SpokenSegment(0, clip.offset_seconds, clip.offset_seconds + clip.seconds, f"{clip.seed}"),)
            for clip in clips
        ]


@pytest.fixture(scope="module")
def samples() -> Samples:
    return audio.decode(SAMPLE)[: 40 * SAMPLE_RATE]


def hear(
    sound: Sound,
    engine: Scripted,
    first_window: int = 0,
    told: list[Progress] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[RecognisedWindow]:
    tell = (told if told is not None else []).append
    return list(
        recognised(
            sound,
            engine,
            CUTTING,
            language=None,
            first_window=first_window,
            on_progress=tell,
            is_cancelled=is_cancelled,
        )
    )


@pytest.mark.parametrize("longest_seconds", [20.0, 3.0])
def test_speech_in_pieces_is_found_where_it_is_found_in_the_whole(samples: Samples, longest_seconds: float) -> None:
    found = speech_spans(in_memory(samples), longest_seconds, lambda _: None)

    whole = get_speech_timestamps(
        from_numpy(samples.copy()),
        load_silero_vad(),
        max_speech_duration_s=longest_seconds - 2 * PAD_SECONDS,
        min_silence_duration_ms=round(SHORTEST_SILENCE_SECONDS * 1000),
        speech_pad_ms=round(PAD_SECONDS * 1000),
    )
    assert found == [(span["start"], span["end"]) for span in whole]
    assert len(found) > 5


def test_a_recording_is_decoded_piece_by_piece_and_as_often_as_needed(samples: Samples) -> None:
    sound = decoded_file(SAMPLE, mark="a", seconds=60.0, channel=None)

    first, second = (np.concatenate(list(sound.pieces())) for _ in range(2))

    assert np.array_equal(first, second)
    assert np.array_equal(first[: len(samples)], samples)


def test_spans_are_cut_out_of_pieces_as_out_of_the_whole(samples: Samples) -> None:
    spans = [(0, 10), (10, 70_000), (65_530 * 2, 300_000), (500_000, 500_001), (len(samples) - 5, len(samples))]

    pieces = list(cut(in_memory(samples), spans))

    assert all(np.array_equal(piece, samples[start:end]) for piece, (start, end) in zip(pieces, spans, strict=True))


def test_blocks_hold_all_of_the_sound(samples: Samples) -> None:
    found = list(blocks(in_memory(samples[:100_001]), 512))

    assert {len(block) for block in found[:-1]} == {512}
    assert np.array_equal(np.concatenate(found), samples[:100_001])


def test_speech_of_a_window_is_what_begins_in_it() -> None:
    spans: list[Span] = [(0, 4), (5, 9), (20, 24)]

    assert speech_in((0, 9), spans) == spans[:2]
    assert speech_in((20, 24), spans) == spans[2:]


def test_a_resumed_recording_has_nothing_heard_again_that_was_kept(samples: Samples) -> None:
    sound, engine, again = in_memory(samples, "hash"), Scripted(), Scripted()
    whole = hear(sound, engine)
    kept = [window for window in whole if window.number < 6]

    rest = hear(sound, again, first_window=len(kept))

    assert [*kept, *rest] == whole
    assert [clip.seed for clip in again.heard] == [clip.seed for clip in engine.heard[6:]]
    assert again.guessed_from == engine.guessed_from == [window.start for window in whole[:5]]
    assert {window.language for window in whole} == {"cy"}
    assert [window.number for window in whole if window.ends_batch] == [*range(2, len(whole) - 1, 3), len(whole) - 1]


def test_what_is_drawn_depends_on_the_recording_and_the_window(samples: Samples) -> None:
    first, same, other = Scripted(), Scripted(), Scripted()

    hear(in_memory(samples, "one"), first)
    hear(in_memory(samples, "one"), same)
    hear(in_memory(samples, "two"), other)

    seeds = [clip.seed for clip in first.heard]
    assert seeds == [clip.seed for clip in same.heard]
    assert len({*seeds, *(clip.seed for clip in other.heard)}) == 2 * len(seeds)


@pytest.mark.parametrize("asked_before", [0, 1])
def test_it_stops_when_it_is_asked_to_before_the_next_batch(
    samples: Samples, asked_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcripts.recognition.long_form.ASK_EVERY_SECONDS", 0.0)
    engine, told = Scripted(), list[Progress]()

    with pytest.raises(RecognitionCancelledError):
        hear(in_memory(samples), engine, 0, told, lambda: len(engine.heard) >= 3 * asked_before)

    assert len(engine.heard) == 3 * asked_before
    assert all(progress.share < 1 for progress in told)


def test_the_time_left_is_measured_in_this_run_alone() -> None:
    told: list[Progress] = []
    moments = iter([1000.0, 1010.0, 1030.0])
    pace = Pace(600.0, told.append, now=lambda: next(moments))

    pace.listened(300.0)
    pace.begin(all_seconds=400.0, left_seconds=100.0)  # 300 s were kept before a kill
    pace.done(50.0)
    pace.done(50.0)

    assert [progress.seconds_left for progress in told] == [None, None, 10.0, 0.0]
    assert [round(progress.share, 3) for progress in told] == [0.025, 0.762, 0.881, 1.0]


def test_terms_are_read_whole_or_left_out() -> None:
    found = fitting(["Healthwatch", "a very long name of a ward", " Cumbria\n", ""], len, most_tokens=20)

    assert (found.read, found.left_out) == (("Healthwatch", "Cumbria"), ("a very long name of a ward",))
    assert found.prompt == "Healthwatch, Cumbria"
    assert terms_of("Healthwatch,, Cumbria ") == ("Healthwatch", "Cumbria")
