"""Diarisation: assign speakers by channel or file if each has their own, else guess by voice. Recognises no words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, cut_spans, iter_blocks
from transcripts.kinds.closed_sets import SpeakerSource
from transcripts.text.spoken import SpokenSegment, SpokenTranscript

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

PAUSE_SECONDS = 0.3  # a segment is cut here, since the speaker may change
STEREO_CHANNELS = 2  # more channels are several microphones in one room: mixed

CancelCheck = Callable[[], object]  # called often; raises to stop the work
RecognisedSound = tuple[AudioSource, SpokenTranscript]


def choose_channels(
    count: int, open_channel: Callable[[int], AudioSource], check: CancelCheck
) -> tuple[int | None, ...]:
    from transcripts.speakers.channels import ChannelLayout, detect_layout

    if count != STEREO_CHANNELS:
        return (None,)
    layout = detect_layout(_measure_levels(open_channel(0), check), _measure_levels(open_channel(1), check))
    channels: dict[ChannelLayout, tuple[int | None, ...]] = {
        ChannelLayout.SEPARATE: (0, 1),
        ChannelLayout.FIRST_ONLY: (0,),
        ChannelLayout.SECOND_ONLY: (1,),
        ChannelLayout.MIXED: (None,),
    }
    return channels[layout]


def assign_speakers(
    recognised: Sequence[RecognisedSound], check: CancelCheck
) -> tuple[SpokenTranscript, SpeakerSource]:
    return assign_by_channel(recognised, check) if len(recognised) > 1 else guess_by_voice(*recognised[0], check)


def assign_by_channel(
    recognised: Sequence[RecognisedSound], check: CancelCheck
) -> tuple[SpokenTranscript, SpeakerSource]:
    """Never guesses: an exported file cannot say that its letters are a guess."""
    from transcripts.speakers.track_merge import Track, merge_tracks

    if len(recognised) == 1:
        return recognised[0][1], SpeakerSource.UNKNOWN
    return merge_tracks(
        [Track(spoken, _measure_levels(sound, check)) for sound, spoken in recognised]
    ), SpeakerSource.CHANNELS


def guess_by_voice(
    sound: AudioSource, spoken: SpokenTranscript, check: CancelCheck
) -> tuple[SpokenTranscript, SpeakerSource]:
    from transcripts.speakers.voice_clustering import cluster_voices
    from transcripts.speakers.voice_features import compute_voice_features

    spans = cut_at_pauses(spoken.segments)
    features = [
        compute_voice_features(piece) for piece in _check_each(cut_spans(sound, [span for _, span in spans]), check)
    ]
    guess = cluster_voices(features)
    if guess is None or not guess.is_sure:
        return spoken, SpeakerSource.UNKNOWN
    frames: dict[int, list[int]] = {}
    for (segment, _), piece, is_second in zip(spans, features, guess.is_second, strict=True):
        frames.setdefault(segment, [0, 0])[int(is_second)] += len(piece)
    is_second_voice = [(counts := frames.get(n, [0, 0]))[1] > counts[0] for n in range(len(spoken.segments))]
    segments = tuple(
        replace(segment, speaker="A" if is_second == is_second_voice[0] else "B")
        for segment, is_second in zip(spoken.segments, is_second_voice, strict=True)
    )
    return replace(spoken, segments=segments), SpeakerSource.GUESSED


def cut_at_pauses(segments: Sequence[SpokenSegment]) -> list[tuple[int, tuple[int, int]]]:
    """For each piece of speech, the segment's index and the first and last sample."""
    return [
        (index, (round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)))
        for index, segment in enumerate(segments)
        for start, end in _split_at_pauses(segment)
        if end > start
    ]


def _split_at_pauses(segment: SpokenSegment) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    for word in segment.words:
        if spans and word.start - spans[-1][1] < PAUSE_SECONDS:
            spans[-1] = (spans[-1][0], word.end)
        else:
            spans.append((word.start, word.end))
    return spans or [(segment.start, segment.end)]


def _measure_levels(sound: AudioSource, check: CancelCheck) -> "Samples":
    from transcripts.speakers.loudness import BLOCK_SAMPLES, measure_levels

    return measure_levels(_check_each(iter_blocks(sound, BLOCK_SAMPLES), check))


def _check_each(pieces: "Iterator[Samples]", check: CancelCheck) -> "Iterator[Samples]":
    for piece in pieces:
        check()
        yield piece
