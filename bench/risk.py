"""Is what the risk list names wrong more often than the rest? `python -m bench.risk --help`.

The samples, whole and damaged, are written down with the demonstration model; each segment's errors are counted against
the truth. What this model gets wrong says little about real voices: measure again when real recordings are corrected.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import jiwer
from whisper.normalizers import EnglishTextNormalizer

from bench.support.degraded_sound import DEGRADATIONS
from transcripts.text.risk import find_risks
from transcripts.text.spoken import SpokenSegment
from transcripts.text.transcript_json import transcript_from_json, transcript_to_json

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
INTERVIEWS = ("interview-1", "interview-2")
MIN_WRONG_SHARE = 0.2  # a segment with more errors for each word than this is wrong


@dataclass(frozen=True, slots=True)
class RiskJudgement:
    segment: SpokenSegment
    words: int
    errors: int
    rank: int | None  # in the list, from 0; None: not in it

    @property
    def is_wrong(self) -> bool:
        return self.errors > MIN_WRONG_SHARE * max(1, self.words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kept", type=Path, help="a folder that keeps what was heard, for the next run")
    parser.add_argument("--mix", action="append", choices=DEGRADATIONS, help="only this one; may be repeated")
    asked = parser.parse_args()
    everything: list[RiskJudgement] = []
    print(f"{'':24}{'segments':>9}{'wrong':>7}{'named':>7}{'precision':>11}{'recall':>8}{'WER':>8}")
    for mix in asked.mix or DEGRADATIONS:
        judged = [row for name in INTERVIEWS for row in judge_segments(name, recognise(name, mix, asked.kept))]
        everything += judged
        print(format_row(mix, judged))
    print(format_row("all", everything))
    print(
        f"\nErrors found by listening to so much of the text, in the list's order: {errors_found_by_effort(everything)}"
    )


def judge_segments(name: str, segments: Sequence[SpokenSegment]) -> list[RiskJudgement]:
    ranks = {risk.segment.id: index for index, risk in enumerate(find_risks(segments))}
    counted = zip(segments, count_errors(name, segments), strict=True)
    return [RiskJudgement(segment, *counts, ranks.get(segment.id)) for segment, counts in counted]


def count_errors(name: str, segments: Sequence[SpokenSegment]) -> list[tuple[int, int]]:
    """Words and errors of each segment; words that are missing count for the segment before them."""
    normal = EnglishTextNormalizer()
    truth = json.loads((SAMPLES / f"{name}.json").read_text())["segments"]
    said = normal(" ".join(segment["text"] for segment in truth))
    texts = [normal(segment.text).split() for segment in segments]
    owners = [number for number, words in enumerate(texts) for _ in words]
    errors = [0] * len(segments)
    aligned = jiwer.process_words(said, " ".join(word for words in texts for word in words))
    for chunk in aligned.alignments[0]:
        if chunk.type == "delete":
            owner = owners[max(0, min(chunk.hyp_start_idx - 1, len(owners) - 1))]
            errors[owner] += chunk.ref_end_idx - chunk.ref_start_idx
        elif chunk.type != "equal":
            for index in range(chunk.hyp_start_idx, chunk.hyp_end_idx):
                errors[owners[index]] += 1
    return [(len(words), count) for words, count in zip(texts, errors, strict=True)]


def format_row(title: str, judged: Sequence[RiskJudgement]) -> str:
    named, wrong = [row for row in judged if row.rank is not None], [row for row in judged if row.is_wrong]
    both = sum(row.is_wrong for row in named)
    wer = sum(row.errors for row in judged) / sum(row.words for row in judged)
    return (
        f"{title:24}{len(judged):9}{len(wrong):7}{len(named):7}"
        f"{_divide(both, len(named)):>11}{_divide(both, len(wrong)):>8}{wer:8.1%}"
    )


def errors_found_by_effort(judged: Sequence[RiskJudgement]) -> str:
    """How many of all errors are in the first tenth, fifth and third of the words."""
    order = sorted((row for row in judged if row.rank is not None), key=lambda row: row.rank or 0)
    words, errors = sum(row.words for row in judged), sum(row.errors for row in judged)
    return ", ".join(
        f"{share:.0%} → {_share_of_errors(order, share * words) / errors:.0%}" for share in (0.1, 0.2, 0.33)
    )


def recognise(name: str, mix: str, kept: Path | None) -> tuple[SpokenSegment, ...]:
    path = kept / f"{name} {mix}.json" if kept else None
    if path and path.is_file():
        return transcript_from_json(json.loads(path.read_text())).segments
    from transcripts.audio.decoder import decode
    from transcripts.audio.streams import wrap_samples
    from transcripts.recognition.recogniser import assemble_transcript
    from transcripts.recognition.whisper_engine import load_whisper

    recogniser = load_whisper(str(SAMPLES / "demo.pt"), SAMPLES)
    sound = wrap_samples(DEGRADATIONS[mix](decode(SAMPLES / f"{name}.ogg")), fingerprint=f"{name} {mix}")
    windows = recogniser.recognise(sound, language="en")
    transcript = assemble_transcript(windows, duration=sound.seconds, facts=recogniser.facts)
    if path:
        path.write_text(json.dumps(transcript_to_json(transcript)))
    return transcript.segments


def _share_of_errors(order: Sequence[RiskJudgement], words: float) -> int:
    return sum(row.errors for row, before in zip(order, _list_words_before(order), strict=True) if before < words)


def _list_words_before(order: Sequence[RiskJudgement]) -> Iterator[int]:
    total = 0
    for row in order:
        yield total
        total += row.words


def _divide(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


if __name__ == "__main__":
    main()
