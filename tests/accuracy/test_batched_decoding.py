"""Our batched driver against openai-whisper's own code, window by window, on the same weights and the same sound."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
import whisper
from torch import Tensor
from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim
from whisper.decoding import ApplyTimestampRules, DecodingOptions, DecodingResult
from whisper.model import ModelDimensions, Whisper
from whisper.timing import dtw_cpu, find_alignment, median_filter
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.recognition import devices
from transcripts.recognition.alignment import align_words, apply_median_filter
from transcripts.recognition.clips import Clip
from transcripts.recognition.decoder_steps import clamped_logsumexp, encode_and_allocate_cache
from transcripts.recognition.decoding_loop import DecodedWindow, DecodingLoop, SearchOptions
from transcripts.recognition.dtw import find_start_frames
from transcripts.recognition.token_rules import build_token_rules
from transcripts.recognition.window_batches import BatchRecogniser, TranscribeOptions, choose_best_result, is_poor

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
WINDOW_SECONDS = 18
SEED = 11


@pytest.fixture(scope="module")
def model() -> Whisper:
    torch.set_num_threads(2)
    return whisper.load_model(str(SAMPLES / "demo.pt"))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return get_tokenizer(False, language="en", task="transcribe")


@pytest.fixture(scope="module")
def clips() -> list[np.ndarray]:  # of float32, mono
    sound = decoder.decode(SAMPLES / "interview-1.ogg")
    step = WINDOW_SECONDS * SAMPLE_RATE
    return [sound[start : start + step] for start in range(0, 5 * step, step)]


@pytest.fixture(scope="module")
def mels(clips: list[np.ndarray]) -> Tensor:
    return torch.stack([pad_or_trim(log_mel_spectrogram(clip, 80, padding=N_SAMPLES), N_FRAMES) for clip in clips])


def theirs(model: Whisper, mels: Tensor, beam_size: int | None, language: str = "en") -> list[DecodingResult]:
    options = DecodingOptions(language=language, beam_size=beam_size, fp16=False)
    return [whisper.decode(model, mel, options) for mel in mels]


def assert_same(ours: list[DecodedWindow], theirs: list[DecodingResult]) -> None:
    assert [list(one.tokens) for one in ours] == [one.tokens for one in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.avg_logprob == pytest.approx(other.avg_logprob, abs=1e-3)
        assert one.no_speech_prob == pytest.approx(other.no_speech_prob, abs=1e-4)
        assert one.compression_ratio == pytest.approx(other.compression_ratio)


@pytest.mark.parametrize("beams", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_a_batch_finds_what_whisper_finds_one_by_one(
    model: Whisper, tokenizer: Tokenizer, mels: Tensor, beams: int
) -> None:
    ours = DecodingLoop(model, tokenizer).run(
        encode_and_allocate_cache(model, mels), SearchOptions(group_size=beams), range(len(mels))
    )

    assert_same(ours, theirs(model, mels, beams if beams > 1 else None))


@pytest.fixture(scope="module")
def deaf() -> Whisper:
    """Random weights: it never ends a text, and is never sure of one."""
    torch.manual_seed(SEED)
    model = Whisper(ModelDimensions(80, 1500, 32, 2, 1, 51865, 448, 32, 2, 2))
    torch.nn.init.normal_(model.decoder.positional_embedding)  # Whisper leaves it to the weights
    return model.eval()


def test_a_model_that_never_ends_is_stopped_where_whisper_stops(deaf: Whisper) -> None:
    mels = torch.randn(2, 80, N_FRAMES, generator=torch.Generator().manual_seed(SEED))
    tokenizer = get_tokenizer(True, num_languages=deaf.num_languages, language="cy", task="transcribe")

    ours = DecodingLoop(deaf, tokenizer).run(encode_and_allocate_cache(deaf, mels), SearchOptions(), [0, 1])

    assert max(len(one.tokens) for one in ours) > 200
    assert_same(ours, theirs(deaf, mels, None, "cy"))


def test_beams_that_never_end_give_their_likeliest_text(deaf: Whisper) -> None:
    """Whisper's own code fails there with numpy 2."""
    mels = torch.randn(2, 80, N_FRAMES, generator=torch.Generator().manual_seed(SEED))
    tokenizer = get_tokenizer(True, num_languages=deaf.num_languages, language="cy", task="transcribe")

    single, beams = (
        DecodingLoop(deaf, tokenizer).run(
            encode_and_allocate_cache(deaf, mels), SearchOptions(group_size=group), [0, 1]
        )
        for group in (1, 3)
    )

    assert all(beam.avg_logprob >= one.avg_logprob for beam, one in zip(beams, single, strict=True))


def test_a_glossary_is_read_as_whisper_reads_a_prompt(model: Whisper, tokenizer: Tokenizer, mels: Tensor) -> None:
    prompt = tokenizer.encode(" physiotherapy, Sunderland")

    ours = DecodingLoop(model, tokenizer, prompt).run(
        encode_and_allocate_cache(model, mels[:2]), SearchOptions(), [0, 1]
    )

    options = DecodingOptions(language="en", prompt=prompt, fp16=False)
    assert_same(ours, [whisper.decode(model, mel, options) for mel in mels[:2]])


def test_what_is_drawn_depends_on_the_seed_and_not_on_the_company(
    model: Whisper, tokenizer: Tokenizer, mels: Tensor
) -> None:
    cache, loop = encode_and_allocate_cache(model, mels), DecodingLoop(model, tokenizer)

    batched = loop.run(cache, SearchOptions(0.8), [10, 11, 12, 13, 14])
    single = loop.run(cache.select_windows(torch.tensor([3])), SearchOptions(0.8), [13])
    otherwise = loop.run(cache.select_windows(torch.tensor([3])), SearchOptions(0.8), [99])

    assert single[0].tokens == batched[3].tokens
    assert otherwise[0].tokens != single[0].tokens


def test_of_several_texts_that_are_drawn_the_likeliest_counts(
    model: Whisper, tokenizer: Tokenizer, mels: Tensor
) -> None:
    cache, loop = encode_and_allocate_cache(model, mels[:1]), DecodingLoop(model, tokenizer)

    single = loop.run(cache, SearchOptions(1.0, 1), [5])
    best = loop.run(cache, SearchOptions(1.0, 5), [5])

    assert best[0].avg_logprob >= single[0].avg_logprob


def test_words_are_timed_as_whisper_times_them(model: Whisper, tokenizer: Tokenizer, mels: Tensor) -> None:
    cache, frames = encode_and_allocate_cache(model, mels), WINDOW_SECONDS * 100
    found = DecodingLoop(model, tokenizer).run(cache, SearchOptions(), range(len(mels)))
    texts = [[token for token in one.tokens if token < tokenizer.eot] for one in found]

    ours = align_words(model, tokenizer, cache, texts, [frames] * len(texts))

    for mel, text, words in zip(mels, texts, ours, strict=True):
        expected = find_alignment(model, tokenizer, text, mel, frames)
        assert [word.word for word in words] == [word.word for word in expected]
        assert [word.start for word in words] == pytest.approx([word.start for word in expected], abs=0.041)
        assert [word.end for word in words] == pytest.approx([word.end for word in expected], abs=0.041)
        assert [word.probability for word in words] == pytest.approx([word.probability for word in expected], abs=1e-3)


def test_an_empty_text_has_no_words(model: Whisper, tokenizer: Tokenizer, mels: Tensor) -> None:
    cache = encode_and_allocate_cache(model, mels[:2])

    assert align_words(model, tokenizer, cache, [[], []], [100, 100]) == [[], []]
    assert [len(words) for words in align_words(model, tokenizer, cache, [[], [1544]], [100, 100])] == [0, 1]


@pytest.mark.parametrize("shape", [(1, 7), (5, 40), (30, 20), (80, 1000), (12, 12)])
def test_warping_takes_the_path_that_whisper_takes(shape: tuple[int, int]) -> None:
    generator = np.random.default_rng(SEED)
    likeness = [generator.normal(size=shape).astype(np.float32), generator.normal(size=(9, 33)).astype(np.float32)]

    begins = find_start_frames(likeness)

    for one, found in zip(likeness, begins, strict=True):
        tokens, frames = dtw_cpu(-one.astype(np.float64))
        assert found.tolist() == frames[np.pad(np.diff(tokens), (1, 0), constant_values=1).astype(bool)].tolist()


@pytest.mark.parametrize("frames", [2, 4, 5, 50])
def test_smoothing_is_the_median_that_whisper_takes(frames: int) -> None:
    weights = torch.randn(3, 6, frames, generator=torch.Generator().manual_seed(SEED))

    assert torch.equal(apply_median_filter(weights), median_filter(weights, 7))


def test_the_rules_for_timestamps_are_those_of_whisper(tokenizer: Tokenizer) -> None:
    rules, generator = build_token_rules(tokenizer, torch.device("cpu")), torch.Generator().manual_seed(SEED)
    theirs = ApplyTimestampRules(tokenizer, 0, 50)
    stamp, written = tokenizer.timestamp_begin, torch.empty((4, 0), dtype=torch.long)

    for _ in range(60):
        logits = torch.randn(4, stamp + 1501, generator=generator)
        logits[:, rules.suppressed] = float("-inf")
        if not written.shape[1]:
            logits[:, rules.suppressed_at_start] = float("-inf")
        expected = logits.clone()
        theirs.apply(expected, written)
        rules.apply(logits, written)
        assert torch.equal(logits, expected)
        written = torch.cat([written, logits.softmax(dim=1).multinomial(1, generator=generator)], dim=1)


def test_a_window_that_is_poor_is_looked_for_again(deaf: Whisper, model: Whisper, clips: list[np.ndarray]) -> None:
    decoding = TranscribeOptions(None, (0.0, 0.4, 1.0))

    sure = BatchRecogniser(model, decoding).recognise([Clip(clips[0], 0.0, 1)], ["en"])
    unsure = BatchRecogniser(deaf, decoding).recognise([Clip(clips[0][: 2 * SAMPLE_RATE], 0.0, 1)], ["en"])

    assert {segment.temperature for segment in sure[0]} == {0.0}
    assert {segment.temperature for segment in unsure[0]} == {1.0}


@pytest.mark.parametrize(
    ("logprob", "silence", "repetition", "expected"),
    [(-0.2, 0.0, 1.5, False), (-1.2, 0.0, 1.5, True), (-1.2, 0.9, 1.5, False), (-0.2, 0.0, 2.5, True)],
)
def test_what_counts_as_poor(logprob: float, silence: float, repetition: float, expected: bool) -> None:
    assert is_poor(DecodedWindow((1,), logprob, silence, repetition, 0.0)) is expected


@pytest.mark.slow
def test_a_batch_is_the_same_every_time(model: Whisper, clips: list[np.ndarray]) -> None:
    batch = [Clip(clip, number * 18.0, number) for number, clip in enumerate(clips)]
    recogniser = BatchRecogniser(model, TranscribeOptions(None, (0.0, 0.4, 0.8)))

    languages = ["en"] * len(batch)
    assert recogniser.recognise(batch, languages) == recogniser.recognise(batch, languages)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([(-0.2, 1.5, 0.0)], 0),
        ([(-1.2, 1.5, 0.0), (-1.4, 1.6, 0.0)], 0),
        ([(-0.2, 1.5, 0.8), (-0.5, 1.5, 0.3), (-0.9, 1.5, 0.5)], 1),
        ([(-0.2, 2.9, 0.0), (-0.5, 2.5, 0.0), (-0.9, 2.7, 0.0)], 1),
        ([(-0.2, 2.9, 0.9), (-0.5, 1.4, 0.0)], 1),
    ],
    ids=["first", "unlikely: the likeliest", "loops: the least", "packed: the least", "the first without a loop"],
)
def test_of_all_that_was_tried_this_counts(texts: list[tuple[float, float, float]], expected: int) -> None:
    tried = [
        DecodedWindow((1,), logprob, 0.0, ratio, 0.2 * n, share) for n, (logprob, ratio, share) in enumerate(texts)
    ]

    assert choose_best_result(tried) is tried[expected]


def test_a_loop_that_packs_badly_is_looked_for_again() -> None:
    assert is_poor(DecodedWindow((1,), -0.2, 0.0, 1.5, 0.0, repeated_share=0.3))


def test_half_the_precision_hears_the_same_sentences(model: Whisper, clips: list[np.ndarray]) -> None:
    """The road that a graphics card takes, as far as it can be walked without one."""
    half = devices.convert_precision(copy.deepcopy(model), torch.bfloat16)

    clip, decoding = Clip(clips[0], 0.0, 1), TranscribeOptions(None, (0.0,))
    whole, rough = (BatchRecogniser(one, decoding).recognise([clip], ["en"]) for one in (model, half))

    assert {type(segment.avg_logprob) for segment in rough[0]} == {float}
    assert rough[0][0].text == whole[0][0].text
    assert rough[0][0].words[0].start == pytest.approx(whole[0][0].words[0].start, abs=0.1)


@pytest.mark.parametrize(("gigabytes", "expected"), [(1, 1), (4, 4), (8, 8), (24, 32), (141, 64)])
def test_a_card_gets_as_many_windows_as_have_room(gigabytes: int, expected: int) -> None:
    """A window of the large model takes 0.3 GB; half of the card is for them."""
    large = ModelDimensions(128, 1500, 1280, 20, 32, 51866, 448, 1280, 20, 32)

    assert devices.count_windows_in_memory(gigabytes << 30, large) == expected


def test_small_shares_are_left_out_of_a_total_without_changing_it() -> None:
    logits = torch.randn(4, 51864, generator=torch.Generator().manual_seed(SEED)) * 30
    logits[:, 100:200] = float("-inf")

    assert torch.equal(clamped_logsumexp(logits), logits.logsumexp(dim=1))
