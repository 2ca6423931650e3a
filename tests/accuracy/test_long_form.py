"""The road through a long recording with an engine that only notes what it is given. Speech is found by silero-vad."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from silero_vad import get_speech_timestamps, load_silero_vad
from torch import from_numpy

from tests.support.make_evidence import SAMPLES
from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import (
    AudioSource,
    SampleSpan,
    cut_spans,
    iter_blocks,
    open_audio_file,
    wrap_samples,
)
from transcripts.recognition.clips import Clip
from transcripts.recognition.glossary import fit_glossary, split_terms
from transcripts.recognition.long_form import WindowingOptions, recognise_windows
from transcripts.recognition.progress import ProgressMeter, RecognitionProgress
from transcripts.recognition.recogniser import RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.speech_windows import (
    PAD_SECONDS,
    SHORTEST_SILENCE_SECONDS,
    find_speech,
    select_speech_in_window,
)
from transcripts.text.spoken import SpokenSegment

Samples = NDArray[np.float32]
CUTTING = WindowingOptions(longest_window_seconds=5.0, batch_size=3)
SAMPLE = SAMPLES / "interview-2.ogg"


@dataclass
class Scripted:
    """An engine whose words are the clip's own figures."""

    is_multilingual = True
    recognised: list[Clip] = field(default_factory=list)
    guessed_from: list[float] = field(default_factory=list)

    def detect_languages(
        self,
        clips: Sequence[Clip],
        check: Callable[[], object],  # noqa: ARG002 as the Protocol has it
    ) -> list[Mapping[str, float]]:
        self.guessed_from = self.guessed_from or [clip.offset_seconds for clip in clips]
        return [{"cy": 0.95, "en": 0.05} for _ in clips]

    def recognise_clips(
        self,
        clips: Sequence[Clip],
        languages: Sequence[str],  # noqa: ARG002
        terms: Sequence[str],  # noqa: ARG002
        check: Callable[[], object],
    ) -> list[tuple[SpokenSegment, ...]]:
        check()
        self.recognised.extend(clips)
        return [
            (SpokenSegment(0, clip.offset_seconds, clip.offset_seconds + clip.seconds, f"{clip.seed}"),)
            for clip in clips
        ]


@pytest.fixture(scope="module")
def samples() -> Samples:
    return decoder.decode(SAMPLE)[: 40 * SAMPLE_RATE]


def hear(
    sound: AudioSource,
    engine: Scripted,
    first_window: int = 0,
    reports: list[RecognitionProgress] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[RecognisedWindow]:
    report = (reports if reports is not None else []).append
    return list(
        recognise_windows(
            sound,
            engine,
            CUTTING,
            language=None,
            terms=(),
            first_window=first_window,
            on_progress=report,
            is_cancelled=is_cancelled,
        )
    )


@pytest.mark.parametrize("longest_seconds", [20.0, 3.0])
def test_speech_in_pieces_is_found_where_it_is_found_in_the_whole(samples: Samples, longest_seconds: float) -> None:
    found = find_speech(wrap_samples(samples), longest_seconds, lambda _: None)

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
    sound = open_audio_file(SAMPLE, fingerprint="a", seconds=60.0, channel=None)

    first, second = (np.concatenate(list(sound.open_chunks())) for _ in range(2))

    assert np.array_equal(first, second)
    assert np.array_equal(first[: len(samples)], samples)


def test_spans_are_cut_out_of_pieces_as_out_of_the_whole(samples: Samples) -> None:
    spans = [(0, 10), (10, 70_000), (65_530 * 2, 300_000), (500_000, 500_001), (len(samples) - 5, len(samples))]

    pieces = list(cut_spans(wrap_samples(samples), spans))

    assert all(np.array_equal(piece, samples[start:end]) for piece, (start, end) in zip(pieces, spans, strict=True))


def test_blocks_cover_all_of_the_sound(samples: Samples) -> None:
    found = list(iter_blocks(wrap_samples(samples[:100_001]), 512))

    assert {len(block) for block in found[:-1]} == {512}
    assert np.array_equal(np.concatenate(found), samples[:100_001])


def test_speech_of_a_window_is_what_begins_in_it() -> None:
    spans: list[SampleSpan] = [(0, 4), (5, 9), (20, 24)]

    assert select_speech_in_window((0, 9), spans) == spans[:2]
    assert select_speech_in_window((20, 24), spans) == spans[2:]


def test_a_resumed_recording_has_nothing_heard_again_that_was_kept(samples: Samples) -> None:
    sound, engine, again = wrap_samples(samples, "hash"), Scripted(), Scripted()
    whole = hear(sound, engine)
    kept = [window for window in whole if window.number < 6]

    rest = hear(sound, again, first_window=len(kept))

    assert [*kept, *rest] == whole
    assert [clip.seed for clip in again.recognised] == [clip.seed for clip in engine.recognised[6:]]
    assert again.guessed_from == engine.guessed_from == [window.start for window in whole[:5]]
    assert {window.language for window in whole} == {"cy"}
    assert [window.number for window in whole if window.ends_batch] == [*range(2, len(whole) - 1, 3), len(whole) - 1]


def test_what_is_drawn_depends_on_the_recording_and_the_window(samples: Samples) -> None:
    first, same, other = Scripted(), Scripted(), Scripted()

    hear(wrap_samples(samples, "one"), first)
    hear(wrap_samples(samples, "one"), same)
    hear(wrap_samples(samples, "two"), other)

    seeds = [clip.seed for clip in first.recognised]
    assert seeds == [clip.seed for clip in same.recognised]
    assert len({*seeds, *(clip.seed for clip in other.recognised)}) == 2 * len(seeds)


@pytest.mark.parametrize("asked_before", [0, 1])
def test_it_stops_when_it_is_asked_to_before_the_next_batch(
    samples: Samples, asked_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transcripts.recognition.long_form.CANCEL_CHECK_SECONDS", 0.0)
    engine, reports = Scripted(), list[RecognitionProgress]()

    with pytest.raises(RecognitionCancelledError):
        hear(wrap_samples(samples), engine, 0, reports, lambda: len(engine.recognised) >= 3 * asked_before)

    assert len(engine.recognised) == 3 * asked_before
    assert all(progress.share < 1 for progress in reports)


def test_the_time_left_is_measured_in_this_run_alone() -> None:
    reports: list[RecognitionProgress] = []
    moments = iter([1000.0, 1010.0, 1030.0])
    meter = ProgressMeter(600.0, reports.append, now=lambda: next(moments))

    meter.report_speech_search(300.0)
    meter.start_recognition(total_seconds=400.0, remaining_seconds=100.0)  # 300 s were kept before a kill
    meter.report_recognised(50.0)
    meter.report_recognised(50.0)

    assert [progress.seconds_left for progress in reports] == [None, None, 10.0, 0.0]
    assert [round(progress.share, 3) for progress in reports] == [0.025, 0.762, 0.881, 1.0]


def test_terms_are_read_whole_or_left_out() -> None:
    found = fit_glossary(["Healthwatch", "a very long name of a ward", " Cumbria\n", ""], len, max_tokens=120)

    assert (found.included, found.left_out) == (("Healthwatch", "Cumbria"), ("a very long name of a ward",))
    assert split_terms("Healthwatch,, Cumbria ") == ("Healthwatch", "Cumbria")
