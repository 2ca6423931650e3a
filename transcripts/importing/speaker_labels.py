"""Which texts before a colon, or in square brackets, are speakers: judged by shape, number and position in the file."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from transcripts.importing.corrections import NO_CORRECTIONS, Corrections, DoubtfulLabel
from transcripts.importing.name_words import NOISE
from transcripts.importing.speaker_names import MAX_NAME_LENGTH, NameShape, classify_name, is_field_or_filler

USUAL_SHARE = 0.5  # of the lines have a label: then one that comes once may be a speaker too
NEARLY_ALL = 0.8
MIN_SHARE = 0.04  # of the lines; fewer are no dialogue
MAX_DOUBTFUL = 40
NO_SPACE = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # scripts that write no space after a colon
LABEL = re.compile(
    r"\s*(?P<chevrons>>{1,3}\s*)?(?:[-–—•*]\s+)?"
    rf"(?:\[(?P<boxed>[^\[\]\n]{{1,{MAX_NAME_LENGTH}}})\]\s*(?P<colon>[:：]?)"
    rf"|<(?P<angled>[^<>\n]{{1,{MAX_NAME_LENGTH}}})>\s*:?"
    rf"|(?P<plain>[^\s:：\[\]][^:：\n]{{0,{MAX_NAME_LENGTH - 1}}}?)\s*(?::(?=\s|$|{NO_SPACE})|：))\s*(?P<said>.*)",
    re.DOTALL,
)
LABEL_SIGN = re.compile(r"[:：\[<]")  # without one, the slow pattern need not try
CHEVRONS = re.compile(r"\s*>{2,3}\s*")


@dataclass(frozen=True, slots=True)
class Label:
    name: str
    said: str
    is_boxed: bool = False  # in square brackets, where noises are written too
    is_marked: bool = False  # after “>>”, which marks a new speaker


@dataclass(frozen=True, slots=True)
class SpeakerLabels:
    names: frozenset[str] = frozenset()
    doubtful: tuple[DoubtfulLabel, ...] = ()

    def split(self, line: str) -> tuple[str | None, str]:
        label = parse_label(line)
        if label is not None and label.name in self.names:
            return label.name, label.said
        return None, CHEVRONS.sub("", line, count=1).strip() if line.lstrip().startswith(">>") else line.strip()


def parse_label(line: str) -> Label | None:
    match = LABEL.fullmatch(line) if LABEL_SIGN.search(line[: 2 * MAX_NAME_LENGTH]) else None
    if match is None:
        return None
    name, said = (match["boxed"] or match["angled"] or match["plain"]).strip(), match["said"].strip()
    is_boxed = match["boxed"] is not None
    if is_boxed and not match["colon"] and (not said or name[:1].islower() or NOISE.fullmatch(name)):
        return None
    return Label(name, said, is_boxed, match["chevrons"] is not None) if name else None


def find_labels(lines: Iterable[str], corrections: Corrections = NO_CORRECTIONS) -> SpeakerLabels:
    return _LabelCount([parse_label(line) for line in lines], corrections).decide()


class _LabelCount:
    def __init__(self, labels: Sequence[Label | None], corrections: Corrections) -> None:
        self.labels, self.corrections = labels, corrections
        self.counts = Counter(label.name for label in labels if label)
        self.shapes = {name: classify_name(name) for name in self.counts}
        self.samples = {label.name: label.said for label in reversed(labels) if label and label.said}
        self.marked = {label.name for label in labels if label and label.is_marked}

    def decide(self) -> SpeakerLabels:
        names = self._find_sure()
        names |= self._find_possible_once(names)
        unlikely = {name for name, count in self.counts.items() if count > 1 and self._is_unlikely(name)}
        if unlikely and self._share(names | unlikely) >= NEARLY_ALL:
            names |= unlikely
        if not self._is_dialogue(names):
            names = set()
        names = (names | (self.corrections.names & set(self.counts))) - self.corrections.speech
        return SpeakerLabels(frozenset(names), tuple(islice(self._iter_doubtful(names), MAX_DOUBTFUL)))

    def _find_sure(self) -> set[str]:
        often = {name for name, count in self.counts.items() if count > 1 and self.shapes[name] >= NameShape.POSSIBLE}
        often |= {name for name in self.marked if self.shapes[name] >= NameShape.POSSIBLE}
        once = {name for name in self.counts if self.shapes[name] is NameShape.LIKELY}
        return often | once if often or self._share(once) >= USUAL_SHARE else often

    def _find_possible_once(self, names: set[str]) -> set[str]:
        candidates = {other for other in self.counts if self.shapes[other] >= NameShape.POSSIBLE}
        if self._share(candidates) < USUAL_SHARE or self._are_full_names(names):
            return set()
        once = {name for name in self.counts if self.counts[name] == 1 and self.shapes[name] is NameShape.POSSIBLE}
        return once - self._find_listed(names)

    def _find_listed(self, names: set[str]) -> set[str]:
        """Finds a list inside a turn: adjacent lines, each with a different word before the colon."""
        if not names:
            return set()
        rare = [label.name if label and self._is_rare(label.name, names) else None for label in self.labels]
        return {
            name
            for number, name in enumerate(rare)
            if name and any(rare[max(number - 1, 0) : number] + rare[number + 1 : number + 2])
        }

    def _is_rare(self, name: str, names: set[str]) -> bool:
        return name not in names and self.shapes[name] is NameShape.POSSIBLE

    def _is_dialogue(self, names: set[str]) -> bool:
        total = sum(self.counts[name] for name in names)
        return total > 1 and (self._share(names) >= MIN_SHARE or bool(self.marked & names))

    def _are_full_names(self, names: set[str]) -> bool:
        full = sum(self.counts[name] for name in names if " " in name)
        return full >= NEARLY_ALL * max(sum(self.counts[name] for name in names), 1)

    def _share(self, names: set[str]) -> float:
        return sum(self.counts[name] for name in names) / max(len(self.labels), 1)

    def _is_unlikely(self, name: str) -> bool:
        return self.shapes[name] is NameShape.UNLIKELY and not is_field_or_filler(name)

    def _iter_doubtful(self, names: set[str]) -> Iterable[DoubtfulLabel]:
        for name, count in self.counts.most_common():
            is_name, shape = name in names, self.shapes[name]
            is_sure = shape is NameShape.LIKELY or (count > 1 and shape is NameShape.POSSIBLE)
            could_be = shape is not NameShape.IMPOSSIBLE or count > 1
            if name in self.corrections.names | self.corrections.speech or (not is_sure if is_name else could_be):
                yield DoubtfulLabel(name, count, is_name, self.samples.get(name, ""))
