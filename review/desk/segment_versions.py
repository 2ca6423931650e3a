"""The versions of one segment with author, time and difference, the newest first. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import StaffMember
from core.database import db
from transcripts.models import CorrectionKind, SegmentCorrection, Transcript
from transcripts.text import corrections
from transcripts.text.text_difference import DifferencePart, compare_texts

KIND_LABELS = {
    CorrectionKind.TYPED: "Corrected",
    CorrectionKind.SPEAKER: "Speaker changed",
    CorrectionKind.REPLACED: "Replaced",
    CorrectionKind.RESTORED: "Earlier version restored",
    CorrectionKind.CARRIED: "Carried over from an earlier transcript",
    CorrectionKind.UNDONE: "Correction undone",
    CorrectionKind.REDONE: "Correction done again",
}


@dataclass(frozen=True, slots=True)
class ShownVersion:
    number: int
    label: str
    author: str
    created_at: datetime
    speaker: str | None
    difference: Sequence[DifferencePart]  # to the version before


def list_shown_versions(transcript: Transcript, segment: int) -> list[ShownVersion]:
    """The machine's own text, number 0, is the last."""
    machine_text = transcript.segments[segment].text.strip()
    rows = corrections.list_versions(transcript, segment)
    before = [*(_get_text(row, machine_text) for row in rows[1:]), machine_text]
    shown = [_build_version(row, _get_text(row, machine_text), text) for row, text in zip(rows, before, strict=False)]
    same = compare_texts(machine_text, machine_text)
    return [*shown, ShownVersion(0, "As the machine has it", "", transcript.created_at, None, same)]


def _build_version(row: SegmentCorrection, text: str, before: str) -> ShownVersion:
    author = db.session.get(StaffMember, row.author_id)
    return ShownVersion(
        number=row.number,
        label=KIND_LABELS[row.kind],
        author=author.name if author else "",
        created_at=row.created_at,
        speaker=row.speaker,
        difference=compare_texts(before, text),
    )


def _get_text(row: SegmentCorrection, machine_text: str) -> str:
    return machine_text if row.text is None else row.text
