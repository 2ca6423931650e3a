"""The text of a transcript as it is now, with people's corrections. Everything that reads spoken words reads it here.

Only what says where the machine heard something (positions of passages, boundaries, markers) reads the machine's own.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from core.database import db
from transcripts.models import SegmentCorrection, Transcript
from transcripts.text.spoken import SpokenSegment
from transcripts.text.stored_transcripts import load_segments
from transcripts.text.word_alignment import align_words


def list_current_segments(transcript: Transcript) -> tuple[SpokenSegment, ...]:
    """As many segments and words as the machine's, so that positions of machine words stay valid.

    A word has what is now in the place of the machine's word: "" where it was deleted, several where some were added.
    """
    return tuple(segment for segment, _ in _list_pairs(transcript))


def list_timed_segments(transcript: Transcript) -> tuple[SpokenSegment, ...]:
    """The same text with the words that it now has, each with its time; positions of passages do not fit these."""
    return tuple(timed for _, timed in _list_pairs(transcript))


def list_both(transcript: Transcript) -> tuple[tuple[SpokenSegment, SpokenSegment], ...]:
    """For each segment: with the machine's positions, and with its own words."""
    return tuple(_list_pairs(transcript))


def find_newest_corrections(transcript: Transcript) -> dict[int, SegmentCorrection]:
    """By segment, only those that were corrected."""
    query = select(SegmentCorrection).where(SegmentCorrection.transcript_id == transcript.id)
    ordered = query.order_by(SegmentCorrection.number).execution_options(populate_existing=True)
    return {row.segment: row for row in db.session.scalars(ordered)}


def apply_correction(
    segment: SpokenSegment, correction: SegmentCorrection | None
) -> tuple[SpokenSegment, SpokenSegment]:
    if correction is None:
        return segment, segment
    speaker = segment.speaker if correction.speaker is None else correction.speaker
    if correction.text is None:
        return (replace(segment, speaker=speaker),) * 2
    aligned = align_words(segment, correction.text)
    checked = replace(_remove_figures(segment), speaker=speaker, text=correction.text)
    return replace(checked, words=aligned.positions), replace(checked, words=aligned.words)


def _list_pairs(transcript: Transcript) -> list[tuple[SpokenSegment, SpokenSegment]]:
    corrections: Mapping[int, SegmentCorrection] = find_newest_corrections(transcript)
    return [apply_correction(segment, corrections.get(segment.id)) for segment in load_segments(transcript)]


def _remove_figures(segment: SpokenSegment) -> SpokenSegment:
    """The machine's figures are about its own text."""
    return replace(
        segment,
        avg_logprob=None,
        no_speech_prob=None,
        compression_ratio=None,
        temperature=None,
        is_loop=False,
        is_silence=False,
        is_unclear=False,
    )
