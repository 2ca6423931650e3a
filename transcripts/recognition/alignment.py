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

from transcripts.recognition.decoder_steps import Heard, attention_to_sound
from transcripts.recognition.time_warping import first_frames
from transcripts.recognition.word_placing import TimedWord

SECONDS_PER_FRAME = 0.02  # of the encoder
MEL_FRAMES_PER_FRAME = 2
SMOOTHED_FRAMES = 7
# A network that sorts seven values just far enough for the middle one (Devillard 1998, "Fast median search").
MEDIAN_OF_SEVEN = (
    (0, 5), (0, 3), (1, 6), (2, 4), (0, 1), (3, 5), (2, 6), (2, 3), (3, 6), (4, 5), (1, 4), (1, 3), (3, 4)
)  # fmt: skip


def timed_words(
    model: Whisper, tokenizer: Tokenizer, heard: Heard, texts: Sequence[Sequence[int]], mel_frames: Sequence[int]
) -> list[list[TimedWord]]:
    """For each window its words with times. `texts` without time stamps; `mel_frames`: how long each window is."""
    start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
    longest = max(map(len, texts), default=0)
    if not longest:
        return [[] for _ in texts]
    rows = [[*start, *text, *[tokenizer.eot] * (longest - len(text) + 1)] for text in texts]
    logits, looks = attention_to_sound(model, heard, torch.tensor(rows, device=model.device))
    likeness, spoken = [], [number for number, text in enumerate(texts) if text]
    for number in spoken:
        tokens = len(start) + len(texts[number]) + 1
        look = looks[number, :, :tokens, : max(1, mel_frames[number] // MEL_FRAMES_PER_FRAME)]
        likeness.append(_likeness(look)[len(tokenizer.sot_sequence) : -1].cpu().numpy())
    found: list[list[TimedWord]] = [[] for _ in texts]
    for number, begins in zip(spoken, first_frames(likeness), strict=True):
        shares = logits[number, len(tokenizer.sot_sequence) :, : tokenizer.eot]
        found[number] = _words(
            tokenizer, texts[number], (begins * SECONDS_PER_FRAME).tolist(), _probabilities(shares, texts[number])
        )
    return found


def _likeness(look: Tensor) -> Tensor:
    """Weights before softmax, shape (heads, tokens, frames) -> shape (tokens, frames)."""
    weights = look.softmax(dim=-1)
    deviation, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    return smoothed((weights - mean) / deviation).mean(dim=0)


def smoothed(weights: Tensor) -> Tensor:
    """The median of each value and three on both sides, along the last dimension, mirrored at the ends."""
    half = SMOOTHED_FRAMES // 2
    frames = weights.shape[-1]
    if frames <= half:
        return weights
    wide = pad(weights, (half, half), mode="reflect")
    values = [wide[..., offset : offset + frames] for offset in range(SMOOTHED_FRAMES)]
    for low, high in MEDIAN_OF_SEVEN:
        values[low], values[high] = torch.minimum(values[low], values[high]), torch.maximum(values[low], values[high])
    return values[half]


def _probabilities(logits: Tensor, text: Sequence[int]) -> list[float]:
    own = logits[: len(text)]
    chosen = own.gather(1, torch.tensor(text, device=own.device)[:, None])[:, 0]
    return (chosen - own.logsumexp(dim=-1)).exp().tolist()


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
