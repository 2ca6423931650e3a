"""Recognise a batch of windows together: encode, find the words, time them, read on where one was not read to its end.

Each window stands alone: what comes out of it depends on its own sound and seed, and on the size of the batch only as
far as the last digits of the arithmetic go; so batches are cut by window number and always recognised whole.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.functional import pad
from whisper.audio import HOP_LENGTH, N_FFT, N_FRAMES, log_mel_spectrogram, pad_or_trim
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.recognition.alignment import timed_words
from transcripts.recognition.clips import Clip
from transcripts.recognition.decoder_steps import Heard, listen
from transcripts.recognition.honesty import MOST_REPETITION, SILENCE_PROBABILITY, cut_after_first_round
from transcripts.recognition.pieces import Piece, cut_at_timestamps
from transcripts.recognition.searching import Found, Search, Searching
from transcripts.recognition.word_placing import Sentence, TimedWord, with_words
from transcripts.recognition.word_times import with_believable_times
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.spoken import SpokenSegment, SpokenWord

SECONDS_PER_PLACE = 0.02
MEL_FRAMES_PER_PLACE = 2
SHORTEST_REST_SECONDS = 0.5  # of a window after its last sentence: no speech, only room to invent some
ENCODED_TOGETHER = {"cpu": 2, "cuda": 16}  # windows: more gain nothing
LEAST_LOGPROB = -1.0  # openai-whisper's own: less likely texts are looked for again with a higher temperature


@dataclass(frozen=True, slots=True)
class Decoding:
    language: str
    prompt: str  # what comes before each window: the glossary
    beam_size: int | None
    temperatures: tuple[float, ...]
    best_of: int = 1  # texts drawn at a temperature, of which the likeliest counts


@dataclass(slots=True)
class _Reading:
    """How far a window has been read, and what came out of it."""

    clip: Clip
    mel: Tensor
    read_frames: int = 0
    last_end: float = 0.0
    passes: int = 0
    is_read: bool = False
    segments: list[SpokenSegment] = field(default_factory=list)

    @property
    def mel_frames(self) -> int:
        frames: int = len(self.clip.sound) // HOP_LENGTH
        return frames

    @property
    def seconds_read(self) -> float:
        return float(self.read_frames * HOP_LENGTH / SAMPLE_RATE)

    @property
    def seed(self) -> int:
        return zlib.crc32(f"{self.clip.seed}/{self.passes}".encode())

    def read_on(self, place: int | None) -> None:
        self.passes += 1
        self.read_frames = self.mel_frames if place is None else self.read_frames + place * MEL_FRAMES_PER_PLACE
        rest_seconds = self.clip.seconds - self.seconds_read
        self.is_read = place in {None, 0} or rest_seconds < SHORTEST_REST_SECONDS


class BatchRecogniser:
    """Bound to a model and to how it is asked."""

    def __init__(self, model: Whisper, decoding: Decoding) -> None:
        self._model, self._decoding = model, decoding

    @torch.inference_mode()
    def recognise(
        self, clips: Sequence[Clip], check: Callable[[], None] = lambda: None
    ) -> list[tuple[SpokenSegment, ...]]:
        """The segments of each clip, with the recording's times. `check` is called often and may raise."""
        readings = [_Reading(clip, self._mel(clip)) for clip in clips]
        while unread := [reading for reading in readings if not reading.is_read]:
            self._read(unread, check)
        return [cut_after_first_round(reading.segments) for reading in readings]

    def _read(self, readings: Sequence[_Reading], check: Callable[[], None]) -> None:
        """One pass: from where each window has been read to, as far as its time stamps go."""
        heard = self._heard(readings, check)
        found = self._search(heard, [reading.seed for reading in readings], check)
        cuts = [cut_at_timestamps(one.tokens, self._tokenizer.timestamp_begin) for one in found]
        said = [() if _is_silent(one) else cut.pieces for one, cut in zip(found, cuts, strict=True)]
        texts = [[token for piece in pieces for token in piece.tokens] for pieces in said]
        frames = [reading.mel_frames - reading.read_frames for reading in readings]
        check()
        words = timed_words(self._model, self._tokenizer, heard, texts, [min(N_FRAMES, frame) for frame in frames])
        for number, reading in enumerate(readings):
            self._note(reading, said[number], words[number], found[number])
            reading.read_on(None if _is_silent(found[number]) else cuts[number].read_on_at)

    def _heard(self, readings: Sequence[_Reading], check: Callable[[], None]) -> Heard:
        mels = [pad_or_trim(reading.mel[:, reading.read_frames :], N_FRAMES) for reading in readings]
        together = ENCODED_TOGETHER.get(self._model.device.type, 2)
        return listen(self._model, torch.stack(mels), check, together)

    def _search(self, heard: Heard, seeds: Sequence[int], check: Callable[[], None]) -> list[Found]:
        """Whisper's ladder: what is poor is looked for again with a higher temperature."""
        tried: list[list[Found]] = [[] for _ in seeds]
        poor = list(range(len(seeds)))
        for temperature in self._decoding.temperatures:
            group = self._decoding.best_of if temperature else self._decoding.beam_size or 1
            rows = torch.tensor(poor, device=self._model.device)
            part = heard if len(poor) == len(seeds) else heard.only(rows)
            again = self._searching.search(part, Search(temperature, group), [seeds[n] for n in poor], check)
            for number, found in zip(poor, again, strict=True):
                tried[number].append(found)
            poor = [number for number in poor if is_poor(tried[number][-1])]
            if not poor:
                break
        return [best_of(found) for found in tried]

    def _note(self, reading: _Reading, pieces: Sequence[Piece], words: Sequence[TimedWord], found: Found) -> None:
        begins = reading.seconds_read
        sentences = [_sentence(piece, reading) for piece in pieces]
        shifted = [_shifted(word, begins) for word in words]
        for by_tokens, sentence in zip(sentences, with_words(sentences, shifted, reading.last_end), strict=True):
            text = self._tokenizer.decode(list(sentence.tokens)).strip()
            if not text or by_tokens.start == by_tokens.end:
                continue
            reading.last_end = sentence.end
            segment = _segment(text, sentence, found, reading.clip)
            reading.segments.append(_timed(replace(segment, id=len(reading.segments)), by_tokens, reading.clip))

    def _mel(self, clip: Clip) -> Tensor:
        """Half a minute longer than the sound, as Whisper has it; all of that silence is the same."""
        mel: Tensor = log_mel_spectrogram(clip.sound, self._model.dims.n_mels, padding=2 * N_FFT)
        return pad(mel, (0, N_FRAMES), mode="replicate")

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        model = self._model
        return get_tokenizer(
            model.is_multilingual,
            num_languages=model.num_languages,
            language=self._decoding.language,
            task="transcribe",
        )

    @cached_property
    def _searching(self) -> Searching:
        before = self._decoding.prompt.strip()
        prompt = self._tokenizer.encode(f" {before}", disallowed_special=()) if before else []
        return Searching(self._model, self._tokenizer, prompt)


def is_poor(found: Found) -> bool:
    """Whether a text has to be looked for again: a loop, or unlikely; not where nobody speaks."""
    if found.no_speech_prob > SILENCE_PROBABILITY and found.avg_logprob < LEAST_LOGPROB:
        return False
    return is_loop(found) or found.avg_logprob < LEAST_LOGPROB


def is_loop(found: Found) -> bool:
    """By gzip, as in openai-whisper, or by a phrase that follows itself too often for a person to have said it."""
    return found.compression_ratio > MOST_REPETITION or found.repeated_share > 0


def best_of(tried: Sequence[Found]) -> Found:
    """The last that was tried, as in openai-whisper; of loops the one that says the least over and over."""
    last = tried[-1]
    return min(tried, key=lambda found: (found.repeated_share, found.compression_ratio)) if is_loop(last) else last


def _is_silent(found: Found) -> bool:
    return found.no_speech_prob > SILENCE_PROBABILITY and found.avg_logprob <= LEAST_LOGPROB


def _sentence(piece: Piece, reading: _Reading) -> Sentence:
    begins, rest = reading.seconds_read, reading.clip.seconds - reading.seconds_read
    end = rest if piece.last_place is None else piece.last_place * SECONDS_PER_PLACE
    return Sentence(begins + piece.first_place * SECONDS_PER_PLACE, begins + end, piece.tokens)


def _shifted(word: TimedWord, seconds: float) -> TimedWord:
    return TimedWord(word.word, word.tokens, word.start + seconds, word.end + seconds, word.probability)


def _segment(text: str, sentence: Sentence, found: Found, clip: Clip) -> SpokenSegment:
    start = _placed(clip, sentence.start)
    return SpokenSegment(
        id=0,
        start=start,
        end=max(start, _placed(clip, sentence.end)),
        text=text,
        words=tuple(_word(word, clip) for word in sentence.words),
        avg_logprob=found.avg_logprob,
        no_speech_prob=found.no_speech_prob,
        compression_ratio=found.compression_ratio,
        temperature=found.temperature,
    )


def _timed(segment: SpokenSegment, by_tokens: Sentence, clip: Clip) -> SpokenSegment:
    return with_believable_times(segment, _placed(clip, by_tokens.start), _placed(clip, by_tokens.end))


def _word(word: TimedWord, clip: Clip) -> SpokenWord:
    start = _placed(clip, word.start)
    return SpokenWord(word.word, start, max(start, _placed(clip, word.end)), word.probability)


def _placed(clip: Clip, seconds: float) -> float:
    """A moment of the window as one of the recording."""
    return round(clip.offset_seconds + min(max(seconds, 0.0), clip.seconds), 3)
