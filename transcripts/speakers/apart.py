"""Put speakers on what was heard: by channel or file where each has one, else guessed by voice. Recognises no words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from transcripts.models import SpeakersKnown
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, blocks, cut
from transcripts.spoken import SpokenSegment, SpokenTranscript

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.float32]

PAUSE_SECONDS = 0.3  # at which a segment is cut, since the speaker may change there
TWO = 2  # channels; more are a room's microphones, and all mixed

Look = Callable[[], object]  # called often; raises when the work is to stop
Heard = tuple[Sound, SpokenTranscript]


def chosen_channels(count: int, sound_of: Callable[[int], Sound], look: Look) -> tuple[int | None, ...]:
    """Which channels of a recording to recognise by themselves; None: all mixed."""
    from transcripts.speakers.channels import Layout, layout_of

    if count != TWO:
        return (None,)
    layout = layout_of(_levels(sound_of(0), look), _levels(sound_of(1), look))
    chosen: dict[Layout, tuple[int | None, ...]] = {
        Layout.APART: (0, 1),
        Layout.FIRST_ONLY: (0,),
        Layout.SECOND_ONLY: (1,),
        Layout.TOGETHER: (None,),
    }
    return chosen[layout]


def with_speakers(heard: Sequence[Heard], look: Look) -> tuple[SpokenTranscript, SpeakersKnown]:
    """One transcript of all that was heard, and how its letters for speakers came about."""
    return by_channel(heard, look) if len(heard) > 1 else guessed_by_voice(*heard[0], look)


def by_channel(heard: Sequence[Heard], look: Look) -> tuple[SpokenTranscript, SpeakersKnown]:
    """The same without a guess: a file that leaves cannot say that its letters were one."""
    from transcripts.speakers.merging import Track, merged

    if len(heard) == 1:
        return heard[0][1], SpeakersKnown.NOT
    return merged([Track(spoken, _levels(sound, look)) for sound, spoken in heard]), SpeakersKnown.CHANNELS


def guessed_by_voice(sound: Sound, spoken: SpokenTranscript, look: Look) -> tuple[SpokenTranscript, SpeakersKnown]:
    """Letters for two voices, or none where they are not far enough apart."""
    from transcripts.speakers.voice_features import features
    from transcripts.speakers.voices import guess

    spans = pieces_of(spoken.segments)
    heard = [features(piece) for piece in _looking(cut(sound, [span for _, span in spans]), look)]
    found = guess(heard)
    if found is None or not found.is_sure:
        return spoken, SpeakersKnown.NOT
    frames: dict[int, list[int]] = {}
    for (segment, _), piece, is_second in zip(spans, heard, found.is_second, strict=True):
        frames.setdefault(segment, [0, 0])[int(is_second)] += len(piece)
    is_second_voice = [(counts := frames.get(n, [0, 0]))[1] > counts[0] for n in range(len(spoken.segments))]
    segments = tuple(
        replace(segment, speaker="A" if is_second == is_second_voice[0] else "B")
        for segment, is_second in zip(spoken.segments, is_second_voice, strict=True)
    )
    return replace(spoken, segments=segments), SpeakersKnown.GUESSED


def pieces_of(segments: Sequence[SpokenSegment]) -> list[tuple[int, tuple[int, int]]]:
    """The speech of each segment, cut at pauses: its place and from which sample to which. In order, not empty."""
    return [
        (place, (round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)))
        for place, segment in enumerate(segments)
        for start, end in _stretches(segment)
        if end > start
    ]


def _stretches(segment: SpokenSegment) -> list[tuple[float, float]]:
    stretches: list[tuple[float, float]] = []
    for word in segment.words:
        if stretches and word.start - stretches[-1][1] < PAUSE_SECONDS:
            stretches[-1] = (stretches[-1][0], word.end)
        else:
            stretches.append((word.start, word.end))
    return stretches or [(segment.start, segment.end)]


def _levels(sound: Sound, look: Look) -> "Samples":
    from transcripts.speakers.loudness import BLOCK_SAMPLES, levels

    return levels(_looking(blocks(sound, BLOCK_SAMPLES), look))


def _looking(pieces: "Iterator[Samples]", look: Look) -> "Iterator[Samples]":
    for piece in pieces:
        look()
        yield piece
