"""Recognise a batch of windows together: encode, decode, align the words, and resume windows that are not finished.

Windows are independent: a result depends on the window's sound and seed, and on the batch size only in the last digits
of the arithmetic. So batches are formed by window number and always recognised as a whole.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import pad
from whisper.audio import HOP_LENGTH, N_FFT, N_FRAMES, log_mel_spectrogram, pad_or_trim
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import CancelCheck
from transcripts.recognition.alignment import align_words
from transcripts.recognition.clips import Clip
from transcripts.recognition.decoder_steps import CrossAttentionCache, encode_and_allocate_cache
from transcripts.recognition.decoding_loop import DecodedWindow, DecodingLoop, SearchOptions
from transcripts.recognition.glossary import contains_term, make_prompt, select_terms
from transcripts.recognition.hallucinations import COMPRESSION_RATIO_THRESHOLD, NO_SPEECH_THRESHOLD, trim_loops
from transcripts.recognition.language_choice import LanguageShares
from transcripts.recognition.language_detection import compute_language_shares
from transcripts.recognition.timestamp_segments import TimestampSegment, split_at_timestamps
from transcripts.recognition.word_assignment import TimedWord, WindowSegment, assign_words
from transcripts.recognition.word_times import correct_times
from transcripts.text.spoken import NOT_UNDERSTOOD, SpokenSegment, SpokenWord

SECONDS_PER_POSITION = 0.02
MEL_FRAMES_PER_POSITION = 2
SHORTEST_REST_SECONDS = 0.5  # of a window after its last sentence: too short for speech, long enough to invent some
ENCODER_BATCH_SIZES = {"cpu": 2, "cuda": 16}  # windows: more gain nothing
LOGPROB_THRESHOLD = -1.0  # openai-whisper's own: less likely texts are decoded again at a higher temperature


DISOWNED_LOGPROB = -1.0  # of the best attempt; below it, more words are wrong than right
MAX_LOGPROB_LOSS = 0.1  # for which terms of the glossary are accepted


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    beam_size: int | None
    temperatures: tuple[float, ...]
    best_of: int = 1  # texts sampled at a temperature above 0, of which the likeliest counts


@dataclass(slots=True)
class _WindowState:
    clip: Clip
    mel: Tensor
    language: str = "en"
    seek_frames: int = 0
    last_speech_end: float = 0.0
    passes: int = 0
    is_finished: bool = False
    segments: list[SpokenSegment] = field(default_factory=list)

    @property
    def mel_frames(self) -> int:
        frames: int = len(self.clip.samples) // HOP_LENGTH
        return frames

    @property
    def seek_seconds(self) -> float:
        return float(self.seek_frames * HOP_LENGTH / SAMPLE_RATE)

    @property
    def seed(self) -> int:
        return zlib.crc32(f"{self.clip.seed}/{self.passes}".encode())

    def advance(self, position: int | None) -> None:
        self.passes += 1
        self.seek_frames = (
            self.mel_frames if position is None else self.seek_frames + position * MEL_FRAMES_PER_POSITION
        )
        rest_seconds = self.clip.seconds - self.seek_seconds
        self.is_finished = position in {None, 0} or rest_seconds < SHORTEST_REST_SECONDS


@dataclass(frozen=True, slots=True)
class _EncodedBatch:
    """Kept from the detection of the language until the same clips are recognised."""

    clips: tuple[Clip, ...]
    windows: tuple[_WindowState, ...]
    cache: CrossAttentionCache

    def is_of(self, clips: Sequence[Clip]) -> bool:
        return len(clips) == len(self.clips) and all(one is other for one, other in zip(clips, self.clips, strict=True))


class BatchRecogniser:
    def __init__(self, model: Whisper, options: TranscribeOptions) -> None:
        self._model, self._options = model, options
        self._encoded: _EncodedBatch | None = None
        self._get_tokenizer = lru_cache(maxsize=8)(self._create_tokenizer)
        self._get_decoding_loop = lru_cache(maxsize=8)(self._create_decoding_loop)

    @torch.inference_mode()
    def detect_languages(self, clips: Sequence[Clip], check: CancelCheck = lambda: None) -> list[LanguageShares]:
        batch = self._take_encoded(clips, check)
        self._encoded = batch
        return compute_language_shares(self._model, self._get_tokenizer("en"), batch.cache)

    @torch.inference_mode()
    def recognise(
        self,
        clips: Sequence[Clip],
        languages: Sequence[str],
        terms: Sequence[str] = (),
        check: CancelCheck = lambda: None,
    ) -> list[tuple[SpokenSegment, ...]]:
        """`languages`: one for each clip."""
        batch = self._take_encoded(clips, check)
        for window, language in zip(batch.windows, languages, strict=True):
            window.language = language
        self._decode_by_language(batch.windows, batch.cache, terms, check)
        while unfinished := [window for window in batch.windows if not window.is_finished]:
            self._decode_by_language(unfinished, self._encode(unfinished, check), terms, check)
        return [trim_loops(window.segments) for window in batch.windows]

    def _take_encoded(self, clips: Sequence[Clip], check: CancelCheck) -> _EncodedBatch:
        kept, self._encoded = self._encoded, None
        if kept is not None and kept.is_of(clips):
            return kept
        windows = tuple(_WindowState(clip, self._compute_mel(clip)) for clip in clips)
        return _EncodedBatch(tuple(clips), windows, self._encode(windows, check))

    def _decode_by_language(
        self, windows: Sequence[_WindowState], cache: CrossAttentionCache, terms: Sequence[str], check: CancelCheck
    ) -> None:
        for language in dict.fromkeys(window.language for window in windows):
            numbers = [number for number, window in enumerate(windows) if window.language == language]
            self._decode_pass(language, [windows[n] for n in numbers], self._select(cache, numbers), terms, check)

    def _decode_pass(
        self,
        language: str,
        windows: Sequence[_WindowState],
        cache: CrossAttentionCache,
        terms: Sequence[str],
        check: CancelCheck,
    ) -> None:
        tokenizer = self._get_tokenizer(language)
        seeds = [window.seed for window in windows]
        results = self._decode_with_fallback(cache, self._get_decoding_loop(language, ""), seeds, check)
        if terms:
            likely = [() if _is_silent(r) else select_terms(terms, self._decode_text(language, r)) for r in results]
            results = self._read_again_with_terms(cache, language, results, likely, check)
        splits = [split_at_timestamps(result.tokens, tokenizer.timestamp_begin) for result in results]
        segments = [() if _is_silent(result) else split.segments for result, split in zip(results, splits, strict=True)]
        texts = [[token for segment in of_window for token in segment.tokens] for of_window in segments]
        frames = [min(N_FRAMES, window.mel_frames - window.seek_frames) for window in windows]
        check()
        words = align_words(self._model, tokenizer, cache, texts, frames)
        for number, window in enumerate(windows):
            self._add_segments(window, segments[number], words[number], results[number])
            window.advance(None if _is_silent(results[number]) else splits[number].resume_position)

    def _read_again_with_terms(
        self,
        cache: CrossAttentionCache,
        language: str,
        results: Sequence[DecodedWindow],
        terms: Sequence[tuple[str, ...]],
        check: CancelCheck,
    ) -> list[DecodedWindow]:
        """`terms`: of each window."""
        chosen = list(results)
        for number, (result, likely) in enumerate(zip(results, terms, strict=True)):
            if not likely:
                continue
            loop = self._get_decoding_loop(language, make_prompt(likely))
            search = SearchOptions(0.0, self._options.beam_size or 1)
            (again,) = loop.run(self._select(cache, [number]), search, [0], check)
            is_as_likely = again.avg_logprob >= result.avg_logprob - MAX_LOGPROB_LOSS
            if is_as_likely and not is_loop(again) and contains_term(likely, self._decode_text(language, again)):
                chosen[number] = again
        return chosen

    def _decode_text(self, language: str, result: DecodedWindow) -> str:
        tokenizer = self._get_tokenizer(language)
        return str(tokenizer.decode([token for token in result.tokens if token < tokenizer.eot]))

    def _select(self, cache: CrossAttentionCache, numbers: Sequence[int]) -> CrossAttentionCache:
        if len(numbers) == len(cache.keys[0]):
            return cache
        return cache.select_windows(torch.tensor(numbers, device=self._model.device))

    def _encode(self, windows: Sequence[_WindowState], check: CancelCheck) -> CrossAttentionCache:
        mels = [pad_or_trim(window.mel[:, window.seek_frames :], N_FRAMES) for window in windows]
        batch_size = ENCODER_BATCH_SIZES.get(self._model.device.type, 2)
        return encode_and_allocate_cache(self._model, torch.stack(mels), check, batch_size)

    def _decode_with_fallback(
        self, cache: CrossAttentionCache, loop: DecodingLoop, seeds: Sequence[int], check: CancelCheck
    ) -> list[DecodedWindow]:
        attempts: list[list[DecodedWindow]] = [[] for _ in seeds]
        poor = list(range(len(seeds)))
        for temperature in self._options.temperatures:
            group = self._options.best_of if temperature else self._options.beam_size or 1
            search = SearchOptions(temperature, group)
            again = loop.run(self._select(cache, poor), search, [seeds[n] for n in poor], check)
            for number, result in zip(poor, again, strict=True):
                attempts[number].append(result)
            poor = [number for number in poor if is_poor(attempts[number][-1])]
            if not poor:
                break
        return [choose_best_result(results) for results in attempts]

    def _add_segments(
        self,
        window: _WindowState,
        segments: Sequence[TimestampSegment],
        words: Sequence[TimedWord],
        result: DecodedWindow,
    ) -> None:
        if segments and result.avg_logprob < DISOWNED_LOGPROB:
            window.segments.append(_build_unclear_segment(len(window.segments), words, result, window))
            return
        by_timestamps = [_build_window_segment(segment, window) for segment in segments]
        shifted = [_shift_word(word, window.seek_seconds) for word in words]
        with_words = assign_words(by_timestamps, shifted, window.last_speech_end)
        for by_tokens, sentence in zip(by_timestamps, with_words, strict=True):
            text = self._get_tokenizer(window.language).decode(list(sentence.tokens)).strip()
            if not text or by_tokens.start == by_tokens.end:
                continue
            window.last_speech_end = sentence.end
            segment = _build_segment(text, sentence, result, window.clip)
            window.segments.append(_correct_times(replace(segment, id=len(window.segments)), by_tokens, window.clip))

    def _compute_mel(self, clip: Clip) -> Tensor:
        mel: Tensor = log_mel_spectrogram(clip.samples, self._model.dims.n_mels, padding=2 * N_FFT)
        return pad(mel, (0, N_FRAMES), mode="replicate")

    def _create_tokenizer(self, language: str) -> Tokenizer:
        model = self._model
        return get_tokenizer(
            model.is_multilingual, num_languages=model.num_languages, language=language, task="transcribe"
        )

    def _create_decoding_loop(self, language: str, prompt: str) -> DecodingLoop:
        tokenizer = self._get_tokenizer(language)
        tokens = tokenizer.encode(f" {prompt}", disallowed_special=()) if prompt else []
        return DecodingLoop(self._model, tokenizer, tokens)


def is_poor(result: DecodedWindow) -> bool:
    if result.no_speech_prob > NO_SPEECH_THRESHOLD and result.avg_logprob < LOGPROB_THRESHOLD:
        return False
    return is_loop(result) or result.avg_logprob < LOGPROB_THRESHOLD


def is_loop(result: DecodedWindow) -> bool:
    return result.compression_ratio > COMPRESSION_RATIO_THRESHOLD or result.repeated_share > 0


def choose_best_result(results: Sequence[DecodedWindow]) -> DecodedWindow:
    """The last attempt is not the best one where all failed: what is sampled at a high temperature is invented."""
    if not is_poor(results[-1]):
        return results[-1]
    varied = [result for result in results if not is_loop(result)]
    if varied:
        return max(varied, key=lambda result: result.avg_logprob)
    return min(results, key=lambda result: (result.repeated_share, result.compression_ratio))


def _is_silent(result: DecodedWindow) -> bool:
    return result.no_speech_prob > NO_SPEECH_THRESHOLD and result.avg_logprob <= LOGPROB_THRESHOLD


def _build_window_segment(segment: TimestampSegment, window: _WindowState) -> WindowSegment:
    seek, rest = window.seek_seconds, window.clip.seconds - window.seek_seconds
    end = rest if segment.end_position is None else segment.end_position * SECONDS_PER_POSITION
    return WindowSegment(seek + segment.start_position * SECONDS_PER_POSITION, seek + end, segment.tokens)


def _shift_word(word: TimedWord, seconds: float) -> TimedWord:
    return TimedWord(word.word, word.tokens, word.start + seconds, word.end + seconds, word.probability)


def _build_segment(text: str, window_segment: WindowSegment, result: DecodedWindow, clip: Clip) -> SpokenSegment:
    start = clip.to_recording_time(window_segment.start)
    return SpokenSegment(
        id=0,
        start=start,
        end=max(start, clip.to_recording_time(window_segment.end)),
        text=text,
        words=tuple(_build_word(word, clip) for word in window_segment.words),
        avg_logprob=result.avg_logprob,
        no_speech_prob=result.no_speech_prob,
        compression_ratio=result.compression_ratio,
        temperature=result.temperature,
    )


def _build_unclear_segment(
    number: int, words: Sequence[TimedWord], result: DecodedWindow, window: _WindowState
) -> SpokenSegment:
    start, end = (words[0].start, words[-1].end) if words else (0.0, window.clip.seconds - window.seek_seconds)
    whole = WindowSegment(window.seek_seconds + start, window.seek_seconds + end, ())
    return replace(_build_segment(NOT_UNDERSTOOD, whole, result, window.clip), id=number, is_unclear=True)


def _correct_times(segment: SpokenSegment, by_tokens: WindowSegment, clip: Clip) -> SpokenSegment:
    return correct_times(segment, clip.to_recording_time(by_tokens.start), clip.to_recording_time(by_tokens.end))


def _build_word(word: TimedWord, clip: Clip) -> SpokenWord:
    start = clip.to_recording_time(word.start)
    return SpokenWord(word.word, start, max(start, clip.to_recording_time(word.end)), word.probability)
