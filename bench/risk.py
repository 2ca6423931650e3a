"""Is what the risk list names wrong more often than the rest, and which of its reasons are? python -m bench.risk --help

Recordings, whole and damaged, are recognised; each segment's errors are counted against what was said. With --model the
recordings are real ones; without it they are the samples and the demonstration model, which says little about real
voices. Then every reason by itself, and the probability below which a word is marked as unsure.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from whisper.normalizers import EnglishTextNormalizer

from bench.support.degraded_sound import DEGRADATIONS
from bench.support.judged_text import JudgedText, JudgedWord, judge_segments, judge_words
from bench.support.real_clips import list_clips
from transcripts.audio import decoder
from transcripts.text.risk import SIGN_CHECKS, RiskSign, find_risks
from transcripts.text.spoken import SpokenSegment
from transcripts.text.transcript_json import transcript_from_json, transcript_to_json

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
INTERVIEWS = ("interview-1", "interview-2")
DEMO = SAMPLES / "demo.pt"
WORD_THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6)
NORMALISE = EnglishTextNormalizer()


@dataclass(frozen=True, slots=True)
class JudgedRecording:
    name: str
    text: str
    path: Path
    is_unseen: bool = True

    def read_sound(self) -> NDArray[np.float32]:
        return decoder.decode(self.path)


@dataclass(frozen=True, slots=True)
class RiskJudgement:
    judged: JudgedText
    rank: int | None  # in the list, from 0; None: not in it
    signs: frozenset[RiskSign]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="a .pt file; real recordings are measured with it")
    parser.add_argument("--kept", type=Path, help="a folder that keeps what was recognised, for the next run")
    parser.add_argument("--mix", action="append", choices=DEGRADATIONS, help="only this one; may be repeated")
    parser.add_argument("--clips", nargs="+", help="only these recordings")
    asked = parser.parse_args()
    recordings = [one for one in list_recordings(asked.model) if not asked.clips or one.name in asked.clips]
    held_out: list[RiskJudgement] = []
    chosen_on: list[RiskJudgement] = []
    words: list[JudgedWord] = []
    print(f"{'':34}{'segments':>9}{'wrong':>7}{'listed':>7}{'precision':>11}{'recall':>8}{'WER':>8}")
    for mix in asked.mix or DEGRADATIONS:
        of_mix: list[RiskJudgement] = []
        for recording in recordings:
            segments = recognise(recording, mix, asked.model or DEMO, asked.kept)
            judged = judge_recording(recording, segments)
            of_mix += judged
            (held_out if recording.is_unseen else chosen_on).extend(judged)
            words += judge_recording_words(recording, segments)
        print(format_row(mix, of_mix))
    for title, rows in (("all, held-out recordings", held_out), ("all, recordings chosen on", chosen_on)):
        if rows:
            print(format_row(title, rows))
            print_signs(rows)
            print(f"errors found by listening to a part of the text, in the list's order: {find_by_effort(rows)}\n")
    print_words(words)


def list_recordings(model: Path | None) -> list[JudgedRecording]:
    if model is not None:
        return [
            JudgedRecording(clip.name, clip.text, clip.path, clip.is_unseen)
            for clip in list_clips()
            if clip.language == "en"
        ]
    return [JudgedRecording(name, _read_sample_text(name), SAMPLES / f"{name}.ogg") for name in INTERVIEWS]


def judge_recording(recording: JudgedRecording, segments: Sequence[SpokenSegment]) -> list[RiskJudgement]:
    """Without speech that was not understood: there the list says that text is missing, and guesses nothing."""
    segments = [segment for segment in segments if not segment.is_unclear]
    risks = find_risks(segments)
    ranks = {risk.segment.id: index for index, risk in enumerate(risks)}
    signs = {risk.segment.id: frozenset(reason.sign for reason in risk.reasons) for risk in risks}
    texts = [NORMALISE(segment.text) for segment in segments]
    return [
        RiskJudgement(judged, ranks.get(judged.segment.id), signs.get(judged.segment.id, frozenset()))
        for judged in judge_segments(NORMALISE(recording.text), segments, texts)
    ]


def judge_recording_words(recording: JudgedRecording, segments: Sequence[SpokenSegment]) -> list[JudgedWord]:
    words = [
        (part, word.probability)
        for segment in segments
        for word in segment.words
        if word.probability is not None
        for part in NORMALISE(word.word).split()
    ]
    return judge_words(NORMALISE(recording.text), words) if words else []


def format_row(title: str, rows: Sequence[RiskJudgement]) -> str:
    listed, wrong = [row for row in rows if row.rank is not None], [row for row in rows if row.judged.is_wrong]
    both = sum(row.judged.is_wrong for row in listed)
    wer = sum(row.judged.errors for row in rows) / max(1, sum(row.judged.words for row in rows))
    return (
        f"{title:34}{len(rows):9}{len(wrong):7}{len(listed):7}"
        f"{_divide(both, len(listed)):>11}{_divide(both, len(wrong)):>8}{wer:8.1%}"
    )


def print_signs(rows: Sequence[RiskJudgement]) -> None:
    wrong = sum(row.judged.is_wrong for row in rows)
    for sign, _, _ in SIGN_CHECKS:
        named = [row for row in rows if sign in row.signs]
        right = sum(row.judged.is_wrong for row in named)
        print(f"  {sign.value:32}{'':9}{'':7}{len(named):7}{_divide(right, len(named)):>11}{_divide(right, wrong):>8}")


def print_words(words: Sequence[JudgedWord]) -> None:
    wrong = sum(word.is_wrong for word in words)
    print(f"{len(words)} words, {wrong} wrong. Marked as unsure below a probability of")
    for threshold in WORD_THRESHOLDS:
        marked = [word for word in words if word.probability < threshold]
        right = sum(word.is_wrong for word in marked)
        shares = f"precision {_divide(right, len(marked))}, recall {_divide(right, wrong)}"
        print(f"  {threshold}: {len(marked)} marked, {shares}")


def find_by_effort(rows: Sequence[RiskJudgement]) -> str:
    """How many of all errors are in the first tenth, fifth and third of the words."""
    order = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    words, errors = sum(row.judged.words for row in rows), sum(row.judged.errors for row in rows)
    return ", ".join(
        f"{share:.0%} → {_share_of_errors(order, share * words) / max(1, errors):.0%}" for share in (0.1, 0.2, 0.33)
    )


def recognise(recording: JudgedRecording, mix: str, model: Path, kept: Path | None) -> tuple[SpokenSegment, ...]:
    path = kept / f"{model.stem} {recording.name} {mix}.json" if kept else None
    if path and path.is_file():
        return transcript_from_json(json.loads(path.read_text())).segments
    from transcripts.audio.streams import wrap_samples
    from transcripts.recognition.recogniser import assemble_transcript
    from transcripts.recognition.whisper_engine import load_whisper

    recogniser = load_whisper(str(model), model.parent)
    sound = wrap_samples(DEGRADATIONS[mix](recording.read_sound()), fingerprint=f"{recording.name} {mix}")
    windows = recogniser.recognise(sound, language="en")
    transcript = assemble_transcript(windows, duration=sound.seconds, facts=recogniser.facts)
    if path:
        path.write_text(json.dumps(transcript_to_json(transcript)))
    return transcript.segments


def _read_sample_text(name: str) -> str:
    return " ".join(segment["text"] for segment in json.loads((SAMPLES / f"{name}.json").read_text())["segments"])


def _share_of_errors(order: Sequence[RiskJudgement], words: float) -> int:
    return sum(
        row.judged.errors for row, before in zip(order, _list_words_before(order), strict=True) if before < words
    )


def _list_words_before(order: Sequence[RiskJudgement]) -> Iterator[int]:
    total = 0
    for row in order:
        yield total
        total += row.judged.words


def _divide(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


if __name__ == "__main__":
    main()
