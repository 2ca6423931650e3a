"""Diarisation: assign speakers by channel or file if each has their own, else guess by voice. Recognises no words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, cut_spans, iter_blocks
from transcripts.kinds.closed_sets import SpeakerSource, SpeakersUnset
from transcripts.speakers.speaker_note import SpeakerNote
from transcripts.text.spoken import SpokenTranscript

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from transcripts.speakers.voice_encoder import Vectors
    from transcripts.speakers.voice_windows import SpokenUnit, TimeSpan

    Samples = NDArray[np.float32]

MAX_UNSET_SHARE = 0.3  # of the speech; a guess that leaves out more is not shown
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


@dataclass(frozen=True, slots=True)
class SpeakerAssignment:
    spoken: SpokenTranscript
    source: SpeakerSource
    note: SpeakerNote


def assign_speakers(
    recognised: Sequence[RecognisedSound], encoder_file: Path | None, check: CancelCheck
) -> SpeakerAssignment:
    """`encoder_file`: the voice encoder's weights; None: not installed."""
    if len(recognised) > 1:
        return assign_by_channel(recognised, check)
    return guess_by_voice(*recognised[0], encoder_file, check)


def assign_by_channel(recognised: Sequence[RecognisedSound], check: CancelCheck) -> SpeakerAssignment:
    """Never guesses."""
    from transcripts.speakers.track_merge import Track, merge_tracks

    if len(recognised) == 1:
        return SpeakerAssignment(recognised[0][1], SpeakerSource.UNKNOWN, SpeakerNote())
    tracks = [Track(spoken, _measure_levels(sound, check)) for sound, spoken in recognised]
    return SpeakerAssignment(merge_tracks(tracks), SpeakerSource.CHANNELS, SpeakerNote())


def guess_by_voice(
    sound: AudioSource, spoken: SpokenTranscript, encoder_file: Path | None, check: CancelCheck
) -> SpeakerAssignment:
    if encoder_file is None:
        return _leave_unset(spoken, SpeakersUnset.NOT_INSTALLED)
    from transcripts.speakers.segment_speakers import name_speakers
    from transcripts.speakers.voice_guess import guess_voices
    from transcripts.speakers.voice_windows import list_units

    units = list_units(spoken.segments)
    windows, vectors = _embed_speech(sound, units, encoder_file, check)
    guess = guess_voices(units, windows, vectors)
    if isinstance(guess, SpeakersUnset):
        return _leave_unset(spoken, guess)
    names = name_speakers(spoken.segments, units, guess)
    if names.unset_share > MAX_UNSET_SHARE or len({segment.speaker for segment in names.segments} - {None}) < 2:
        return _leave_unset(spoken, SpeakersUnset.UNCLEAR)
    return SpeakerAssignment(
        replace(spoken, segments=names.segments),
        SpeakerSource.GUESSED,
        SpeakerNote(confidence=names.confidence, unset_share=names.unset_share),
    )


def _leave_unset(spoken: SpokenTranscript, reason: SpeakersUnset) -> SpeakerAssignment:
    return SpeakerAssignment(spoken, SpeakerSource.UNKNOWN, SpeakerNote(unset=reason))


def _embed_speech(
    sound: AudioSource, units: "Sequence[SpokenUnit]", encoder_file: Path, check: CancelCheck
) -> "tuple[list[TimeSpan], Vectors]":
    """The vectors are kept in memory only, until this job ends."""
    import numpy as np

    from transcripts.audio.torch_threads import use_one_thread
    from transcripts.speakers.mel_power import compute_mel_power
    from transcripts.speakers.voice_encoder import UNITS, load_voice_encoder
    from transcripts.speakers.voice_windows import cut_windows, find_stretches

    stretches = [span for span in find_stretches(units) if span[1] > span[0]]
    samples = [(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)) for start, end in stretches]
    encoder = load_voice_encoder(encoder_file)
    windows: list[TimeSpan] = []
    vectors = [np.empty((0, UNITS), dtype=np.float32)]
    with use_one_thread():
        for stretch, piece in zip(stretches, _check_each(cut_spans(sound, samples), check), strict=True):
            if len(piece):
                spans, filled = cut_windows(compute_mel_power(piece), stretch[0])
                windows += spans
                vectors.append(encoder.embed(filled))
    return windows, np.concatenate(vectors)


def _measure_levels(sound: AudioSource, check: CancelCheck) -> "Samples":
    from transcripts.speakers.loudness import BLOCK_SAMPLES, measure_levels

    return measure_levels(_check_each(iter_blocks(sound, BLOCK_SAMPLES), check))


def _check_each(pieces: "Iterator[Samples]", check: CancelCheck) -> "Iterator[Samples]":
    for piece in pieces:
        check()
        yield piece
