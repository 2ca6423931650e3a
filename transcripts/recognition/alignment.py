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

from transcripts.recognition.decoder_steps import Heard, WatchedRun, log_total, logits_of
from transcripts.recognition.time_warping import first_frames
from transcripts.recognition.word_placing import TimedWord

SECONDS_PER_FRAME = 0.02  # of the encoder
MEL_FRAMES_PER_FRAME = 2
SMOOTHED_FRAMES = 7
HEADS_TOGETHER = {"cpu": 1}  # as much as stays in its cache; elsewhere all
ROWS_TOGETHER = {"cpu": 8}  # the same, of logits
# A network that sorts seven values just far enough for the middle one (Devillard 1998, "Fast median search"), and which
# of each two places is read again.
MEDIAN_OF_SEVEN = (
    (0, 5, "both"), (0, 3, "both"), (1, 6, "both"), (2, 4, "both"), (0, 1, "high"), (3, 5, "both"), (2, 6, "both"),
    (2, 3, "high"), (3, 6, "low"), (4, 5, "low"), (1, 4, "both"), (1, 3, "high"), (3, 4, "low"),
)  # fmt: skip


@torch.inference_mode()
def timed_words(
    model: Whisper, tokenizer: Tokenizer, heard: Heard, texts: Sequence[Sequence[int]], mel_frames: Sequence[int]
) -> list[list[TimedWord]]:
    """For each window its words with times. `texts` without time stamps; `mel_frames`: how long each window is."""
    start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    longest = max(map(len, texts), default=0)
    if not longest:
        return [[] for _ in texts]
    rows = [[*start, *text, *[tokenizer.eot] * (longest - len(text) + 1)] for text in texts]
    run, first = WatchedRun(model, heard, longest=len(rows[0])), len(tokenizer.sot_sequence)
    states = run.states(torch.tensor(rows, device=model.device))
    likeness, spoken = [], [number for number, text in enumerate(texts) if text]
    for number in spoken:
        tokens, frames = len(start) + len(texts[number]) + 1, mel_frames[number] // MEL_FRAMES_PER_FRAME
        likeness.append(_likeness(run.look(number, tokens, max(1, frames)))[first:-1].cpu().numpy())
    found: list[list[TimedWord]] = [[] for _ in texts]
    for number, begins in zip(spoken, first_frames(likeness), strict=True):
        text = texts[number]
        logits = logits_of(model, states[number, first : first + len(text)])[:, : tokenizer.eot]
        found[number] = _words(tokenizer, text, (begins * SECONDS_PER_FRAME).tolist(), _probabilities(logits, text))
    return found


def _likeness(look: Tensor) -> Tensor:
    """Weights before softmax, shape (heads, tokens, frames) -> shape (tokens, frames)."""
    together = HEADS_TOGETHER.get(look.device.type, len(look))
    return torch.cat([smoothed(_comparable(heads)) for heads in torch.split(look, together)]).mean(dim=0)


def _comparable(look: Tensor) -> Tensor:
    weights = look.softmax(dim=-1)
    deviation, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    return (weights - mean) / deviation


def smoothed(weights: Tensor) -> Tensor:
    """The median of each value and three on both sides, along the last dimension, mirrored at the ends."""
    half = SMOOTHED_FRAMES // 2
    frames = weights.shape[-1]
    if frames <= half:
        return weights
    wide = pad(weights, (half, half), mode="reflect")
    values = [wide[..., offset : offset + frames] for offset in range(SMOOTHED_FRAMES)]
    for low, high, read in MEDIAN_OF_SEVEN:
        one, other = values[low], values[high]
        values[low] = torch.minimum(one, other) if read != "high" else one
        values[high] = torch.maximum(one, other) if read != "low" else other
    return values[half]


def _probabilities(logits: Tensor, text: Sequence[int]) -> list[float]:
    together = ROWS_TOGETHER.get(logits.device.type, len(logits))
    chosen = logits.gather(1, torch.tensor(text, device=logits.device)[:, None])[:, 0]
    totals = torch.cat([log_total(rows) for rows in torch.split(logits, together)])
    return (chosen - totals).exp().tolist()


def _words(
    tokenizer: Tokenizer, text: Sequence[int], begins: Sequence[float], probabilities: Sequence[float]
) -> list[TimedWord]:
    """`begins`: of each token, and of the end after them."""
    words, of_words = tokenizer.split_to_word_tokens([*text, tokenizer.eot])
    found, first = [], 0
    for word, tokens in zip(words[:-1], of_words[:-1], strict=True):
        end = first + len(tokens)
        mean = sum(probabilities[first:end]) / len(tokens)
        found.append(TimedWord(word, tuple(tokens), float(begins[first]), float(begins[end]), mean))
        first = end
    return found
