"""Names of speakers in lines of their own, above what they say: Otter without times, aTrain, lexfridman.com."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcripts.importing.corrections import Corrections, DoubtfulLabel
from transcripts.importing.speaker_names import is_likely_name, is_name_like, unwrap_name
from transcripts.importing.text_lines import TextLine

NEARLY_ALL = 0.9
MIN_SHARE = 0.05  # of the lines
MAX_DOUBTFUL = 20


@dataclass(frozen=True, slots=True)
class NameLines:
    names: frozenset[str] = frozenset()
    doubtful: tuple[DoubtfulLabel, ...] = ()


def find_name_lines(lines: Sequence[TextLine], corrections: Corrections) -> NameLines:
    firsts = [
        line.text
        for line, following in pairwise(lines)
        if line.is_after_blank and _is_name(line.text) and not _is_name(following.text)
    ]
    counts = Counter(firsts)
    full = {text for text in counts if is_likely_name(unwrap_name(text))}
    names = full if _are_speakers(full, counts, lines) else set()
    if not names and _are_speakers(set(counts), counts, lines) and len(firsts) >= NEARLY_ALL * _count_paragraphs(lines):
        names = set(counts)
    forced = {line.text for line in lines if unwrap_name(line.text) in corrections.names}
    names = {text for text in names | forced if unwrap_name(text) not in corrections.speech}
    doubtful = [
        DoubtfulLabel(unwrap_name(text), count, text in names)
        for text, count in counts.most_common(MAX_DOUBTFUL)
        if (count > 1 and text not in names) or unwrap_name(text) in corrections.names | corrections.speech
    ]
    return NameLines(frozenset(names), tuple(doubtful))


def _is_name(line: str) -> bool:
    return is_name_like(unwrap_name(line))


def _are_speakers(texts: set[str], counts: Counter[str], lines: Sequence[TextLine]) -> bool:
    total = sum(counts[text] for text in texts)
    return len(texts) > 1 and total > len(texts) and total >= MIN_SHARE * len(lines)


def _count_paragraphs(lines: Sequence[TextLine]) -> int:
    return sum(line.is_after_blank for line in lines)
