"""When each token was spoken, from the decoder's alignment heads, for many windows at once.

The method is openai-whisper's (`whisper.timing`): attention weights are normalised by token, smoothed along the frames,
averaged over heads, and aligned by DTW. word_times.py replaces times that cannot be right.
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

SECONDS_PER_ENCODER_FRAME = 0.02
MEL_FRAMES_PER_ENCODER_FRAME = 2
MEDIAN_FILTER_WIDTH = 7
HEADS_PER_BATCH = {"cpu": 1}  # as many as fit into its cache; all on other devices
ROWS_PER_BATCH = {"cpu": 8}  # the same, of logits
# A network that sorts seven values just far enough to find the median (Devillard 1998, "Fast median search"), and which
# of each two values is read again.
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
    """`texts`: tokens without timestamps; `mel_frames`: the length of each window."""
    start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    longest = max(map(len, texts), default=0)
    if not longest:
        return [[] for _ in texts]
    rows = [[*start, *text, *[tokenizer.eot] * (longest - len(text) + 1)] for text in texts]
    run, first = AlignmentRun(model, cache, max_tokens=len(rows[0])), len(tokenizer.sot_sequence)
    states = run.compute_states(torch.tensor(rows, device=model.device))
    matrices, spoken = [], [number for number, text in enumerate(texts) if text]
    for number in spoken:
        tokens, frames = len(start) + len(texts[number]) + 1, mel_frames[number] // MEL_FRAMES_PER_ENCODER_FRAME
        qk = run.compute_qk(number, tokens, max(1, frames))
        matrices.append(_compute_alignment_matrix(qk)[first:-1].cpu().numpy())
    words: list[list[TimedWord]] = [[] for _ in texts]
    for number, start_frames in zip(spoken, find_start_frames(matrices), strict=True):
        text = texts[number]
        logits = project_logits(model, states[number, first : first + len(text)])[:, : tokenizer.eot]
        start_seconds = (start_frames * SECONDS_PER_ENCODER_FRAME).tolist()
        words[number] = _build_timed_words(tokenizer, text, start_seconds, _compute_token_probabilities(logits, text))
    return words


def _compute_alignment_matrix(qk: Tensor) -> Tensor:
    """Weights before softmax, shape (heads, tokens, frames) -> shape (tokens, frames)."""
    batch_size = HEADS_PER_BATCH.get(qk.device.type, len(qk))
    filtered = [apply_median_filter(_normalise_weights(heads)) for heads in torch.split(qk, batch_size)]
    return torch.cat(filtered).mean(dim=0)


def _normalise_weights(qk: Tensor) -> Tensor:
    weights = qk.softmax(dim=-1)
    deviation, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    return (weights - mean) / deviation


def apply_median_filter(weights: Tensor) -> Tensor:
    """Along the last dimension, mirrored at the ends."""
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
    batch_size = ROWS_PER_BATCH.get(logits.device.type, len(logits))
    chosen = logits.gather(1, torch.tensor(text, device=logits.device)[:, None])[:, 0]
    totals = torch.cat([clamped_logsumexp(rows) for rows in torch.split(logits, batch_size)])
    return (chosen - totals).exp().tolist()


def _build_timed_words(
    tokenizer: Tokenizer, text: Sequence[int], start_seconds: Sequence[float], probabilities: Sequence[float]
) -> list[TimedWord]:
    words, word_tokens = tokenizer.split_to_word_tokens([*text, tokenizer.eot])
    timed, first = [], 0
    for word, tokens in zip(words[:-1], word_tokens[:-1], strict=True):
        end = first + len(tokens)
        mean = sum(probabilities[first:end]) / len(tokens)
        timed.append(TimedWord(word, tuple(tokens), float(start_seconds[first]), float(start_seconds[end]), mean))
        first = end
    return timed
