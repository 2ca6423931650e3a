"""Whisper's vocabulary in the two forms that faster-whisper reads: token names and a tokenizer. Pure."""

from collections.abc import Mapping
from itertools import pairwise

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from whisper.tokenizer import Tokenizer as WhisperTokenizer

VISIBLE_BYTES = (*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1))


def list_token_names(tokenizer: WhisperTokenizer, size: int) -> list[str]:
    """By id, `size` of them: GPT-2's letters for bytes, then Whisper's names for its special tokens."""
    names = {rank: _encode_letters(token) for token, rank in _get_ranks(tokenizer).items()}
    names |= {number: name for name, number in tokenizer.special_tokens.items()}
    return [names.get(number, f"<|unused {number}|>") for number in range(size)]


def build_tokenizer(tokenizer: WhisperTokenizer) -> Tokenizer:
    ranks = _get_ranks(tokenizer)
    vocabulary = {_encode_letters(token): rank for token, rank in ranks.items()}
    merges = [_find_merge(token, ranks) for token in sorted(ranks, key=lambda token: ranks[token]) if len(token) > 1]
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=[(_encode_letters(a), _encode_letters(b)) for a, b in merges]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = sorted(tokenizer.special_tokens.items(), key=lambda item: item[1])
    made.add_special_tokens([AddedToken(name, special=True, normalized=False) for name, _ in special])
    return made


def _get_ranks(tokenizer: WhisperTokenizer) -> Mapping[bytes, int]:
    ranks: Mapping[bytes, int] = tokenizer.encoding._mergeable_ranks
    return ranks


def _find_merge(token: bytes, ranks: Mapping[bytes, int]) -> tuple[bytes, bytes]:
    """The last two parts that a token is merged from, using only tokens of lower rank."""
    parts = [token[n : n + 1] for n in range(len(token))]
    while len(parts) > 2:
        known = {n: ranks[a + b] for n, (a, b) in enumerate(pairwise(parts)) if a + b != token and a + b in ranks}
        first = min(known, key=lambda n: known[n])
        parts[first : first + 2] = [parts[first] + parts[first + 1]]
    return parts[0], parts[1]


def _encode_letters(token: bytes) -> str:
    return "".join(BYTE_LETTERS[byte] for byte in token)


def _map_bytes_to_letters() -> dict[int, str]:
    """GPT-2's table: a visible byte is its own letter, the others follow after 255 in order."""
    letters = {byte: chr(byte) for byte in VISIBLE_BYTES}
    hidden = [byte for byte in range(256) if byte not in letters]
    return letters | {byte: chr(256 + number) for number, byte in enumerate(hidden)}


BYTE_LETTERS = _map_bytes_to_letters()
