"""When each token was spoken, from where the decoder's time heads look, for many windows at once.

The method is openai-whisper's (`whisper.timing`): weights by token made comparable, smoothed along the frames, averaged
over heads, warped. Where its times cannot be right is judged in word_times.py.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer

from transcripts.recognition.decoder_steps import AlignmentRun, CrossAttentionCache, clamped_logsumexp, project_logits
from transcripts.recognition.dtw import find_start_frames
from transcripts.recognition.word_assignment import TimedWord

SECONDS_PER_ENCODER_FRAME = 0.02  # of the encoder
MEL_FRAMES_PER_ENCODER_FRAME = 2
MEDIAN_FILTER_WIDTH = 7
HEADS_PER_BATCH = {"cpu": 1}  # as much as stays in its cache; elsewhere all
ROWS_PER_BATCH = {"cpu": 8}  # the same, of logits
# A network that sorts seven values just far enough for the middle one (Devillard 1998, "Fast median search"), and which
# of each two places is read again.
MEDIAN_SORTING_NETWORK = (
    (0, 5, "both"), (0, 3, "both"), (1, 6, "both"), (2, 4, "both"), (0, 1, "high"), (3, 5, "both"), (2, 6, "both"),
    (2, 3, "high"), (3, 6, "low"), (4, 5, "low"), (1, 4, "both"), (1, 3, "high"), (3, 4, "low"),
)  # fmt: skip


@torch.inference_mode()
def align_words(
    model: Whisper,
    tokenizer: Tokenizer,
    cache: CrossAttentionCache,
    texts: Sequence[Sequence[int]],
    mel_frames: Sequence[int],
) -> list[list[TimedWord]]:
    """For each window its words with times. `texts` without time stamps; `mel_frames`: how long each window is."""
    start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    longest = max(map(len, texts), default=0)
    if not longest:
        return [[] for _ in texts]
    rows = [[*start, *text, *[tokenizer.eot] * (longest - len(text) + 1)] for text in texts]
    run, first = AlignmentRun(model, cache, max_tokens=len(rows[0])), len(tokenizer.sot_sequence)
    states = run.compute_states(torch.tensor(rows, device=model.device))
    likeness, spoken = [], [number for number, text in enumerate(texts) if text]
    for number in spoken:
        tokens, frames = len(start) + len(texts[number]) + 1, mel_frames[number] // MEL_FRAMES_PER_ENCODER_FRAME
        likeness.append(
            _compute_alignment_matrix(run.compute_qk(number, tokens, max(1, frames)))[first:-1].cpu().numpy()
        )
    found: list[list[TimedWord]] = [[] for _ in texts]
    for number, begins in zip(spoken, find_start_frames(likeness), strict=True):
        text = texts[number]
        logits = project_logits(model, states[number, first : first + len(text)])[:, : tokenizer.eot]
        found[number] = _build_timed_words(
            tokenizer, text, (begins * SECONDS_PER_ENCODER_FRAME).tolist(), _compute_token_probabilities(logits, text)
        )
    return found


def _compute_alignment_matrix(qk: Tensor) -> Tensor:
    """Weights before softmax, shape (heads, tokens, frames) -> shape (tokens, frames)."""
    together = HEADS_PER_BATCH.get(qk.device.type, len(qk))
    return torch.cat([apply_median_filter(_normalise_weights(heads)) for heads in torch.split(qk, together)]).mean(
        dim=0
    )


def _normalise_weights(qk: Tensor) -> Tensor:
    weights = qk.softmax(dim=-1)
    deviation, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    return (weights - mean) / deviation


def apply_median_filter(weights: Tensor) -> Tensor:
    """The median of each value and three on both sides, along the last dimension, mirrored at the ends."""
    half = MEDIAN_FILTER_WIDTH // 2
    frames = weights.shape[-1]
    if frames <= half:
        return weights
    wide = pad(weights, (half, half), mode="reflect")
    values = [wide[..., offset : offset + frames] for offset in range(MEDIAN_FILTER_WIDTH)]
    for low, high, read in MEDIAN_SORTING_NETWORK:
        one, other = values[low], values[high]
        values[low] = torch.minimum(one, other) if read != "high" else one
        values[high] = torch.maximum(one, other) if read != "low" else other
    return values[half]


def _compute_token_probabilities(logits: Tensor, text: Sequence[int]) -> list[float]:
    together = ROWS_PER_BATCH.get(logits.device.type, len(logits))
    chosen = logits.gather(1, torch.tensor(text, device=logits.device)[:, None])[:, 0]
    totals = torch.cat([clamped_logsumexp(rows) for rows in torch.split(logits, together)])
    return (chosen - totals).exp().tolist()


def _build_timed_words(
    tokenizer: Tokenizer, text: Sequence[int], start_seconds: Sequence[float], probabilities: Sequence[float]
) -> list[TimedWord]:
    """`begins`: of each token, and of the end after them."""
    words, of_words = tokenizer.split_to_word_tokens([*text, tokenizer.eot])
    found, first = [], 0
    for word, tokens in zip(words[:-1], of_words[:-1], strict=True):
        end = first + len(tokens)
        mean = sum(probabilities[first:end]) / len(tokens)
        found.append(TimedWord(word, tuple(tokens), float(start_seconds[first]), float(start_seconds[end]), mean))
        first = end
    return found
