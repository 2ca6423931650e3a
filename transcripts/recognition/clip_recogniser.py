"""Recognise clips in the language of each, and piece by piece where a clip seems to hold two languages.

Whisper reads a clip in one language. It turns speech in another into invented text of the first, with figures that
disown it, so such a clip is cut at its pauses, and each piece is read in its own language.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import CancelCheck, SampleSpan
from transcripts.recognition.clips import Clip
from transcripts.recognition.language_choice import LanguageChoice, LanguageShares
from transcripts.recognition.speech_windows import build_windows
from transcripts.text.spoken import SpokenSegment

DOUBTFUL_SHARE = 0.9  # of the language that a clip is read in; below it, the clip may hold two
DOUBTFUL_LOGPROB = -0.8
PIECE_SECONDS = 8.0  # as short as a language can be recognised in

Segments = tuple[SpokenSegment, ...]


class ClipEngine(Protocol):
    @property
    def is_multilingual(self) -> bool: ...

    def detect_languages(self, clips: Sequence[Clip], check: CancelCheck) -> list[LanguageShares]: ...

    def recognise_clips(
        self, clips: Sequence[Clip], languages: Sequence[str], terms: Sequence[str], check: CancelCheck
    ) -> list[Segments]:
        """Segments have the recording's times. `languages`: one for each clip; `terms`: of the glossary."""
        ...


class ClipRecogniser:
    def __init__(self, engine: ClipEngine, choice: LanguageChoice, terms: Sequence[str], check: CancelCheck) -> None:
        self._engine, self._choice, self._terms, self._check = engine, choice, terms, check

    def recognise(
        self, clips: Sequence[Clip], speech: Sequence[Sequence[tuple[float, float]]]
    ) -> list[tuple[str, Segments]]:
        """For each clip the language of most of it, and its segments. `speech`: seconds of the recording."""
        if self._choice.is_given or not self._engine.is_multilingual:
            languages = [self._choice.main] * len(clips)
            return list(
                zip(languages, self._engine.recognise_clips(clips, languages, self._terms, self._check), strict=True)
            )
        shares = self._engine.detect_languages(clips, self._check)
        languages = [self._choice.choose(one, clip.seconds) for one, clip in zip(shares, clips, strict=True)]
        read = self._engine.recognise_clips(clips, languages, self._terms, self._check)
        results = []
        for clip, language, of_clip, segments, spoken in zip(clips, languages, shares, read, speech, strict=True):
            share = self._choice.rate(language, of_clip)
            pieces = _cut_pieces(clip, spoken) if _is_doubtful(of_clip.get(language, 0.0), segments) else []
            labelled = _label(segments, language, share)
            results.append((language, self._read_pieces(pieces, labelled) if len(pieces) > 1 else labelled))
        return results

    def _read_pieces(self, pieces: Sequence[Clip], whole: Segments) -> Segments:
        """As a whole where all pieces are in one language."""
        shares = self._engine.detect_languages(pieces, self._check)
        languages = [self._choice.choose(one, piece.seconds) for one, piece in zip(shares, pieces, strict=True)]
        if len(set(languages)) == 1:
            return whole
        read = self._engine.recognise_clips(pieces, languages, self._terms, self._check)
        labelled = [
            segment
            for segments, language, of_piece in zip(read, languages, shares, strict=True)
            for segment in _label(segments, language, self._choice.rate(language, of_piece))
        ]
        return tuple(replace(segment, id=number) for number, segment in enumerate(labelled))


def _label(segments: Segments, language: str, share: float | None) -> Segments:
    return tuple(replace(segment, language=language, language_share=share) for segment in segments)


def _is_doubtful(share: float, segments: Segments) -> bool:
    logprobs = [segment.avg_logprob for segment in segments if segment.avg_logprob is not None]
    return share < DOUBTFUL_SHARE or min(logprobs, default=0.0) < DOUBTFUL_LOGPROB


def _cut_pieces(clip: Clip, speech: Sequence[tuple[float, float]]) -> list[Clip]:
    offset = round(clip.offset_seconds * SAMPLE_RATE)
    spans: list[SampleSpan] = [
        (max(0, round(start * SAMPLE_RATE) - offset), min(len(clip.samples), round(end * SAMPLE_RATE) - offset))
        for start, end in speech
    ]
    return [
        Clip(clip.samples[start:end], clip.offset_seconds + start / SAMPLE_RATE, clip.seed + number)
        for number, (start, end) in enumerate(build_windows(spans, PIECE_SECONDS))
    ]
