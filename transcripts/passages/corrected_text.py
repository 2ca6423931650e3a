"""Correct the text of a segment: passages stay on their words, accepted answers follow at once. Callers commit."""

from collections.abc import Callable, Iterable
from uuid import UUID

from accounts import audit
from core.database import db
from transcripts.models import CorrectionKind, Passage, PassageState, SegmentCorrection, Transcript
from transcripts.passages.acceptance import lock_for_decision
from transcripts.passages.passage_spans import get_span
from transcripts.passages.passage_texts import refresh_texts
from transcripts.passages.spoken_answers import write_answer
from transcripts.speakers import roles
from transcripts.text import correction_journal, corrections, reviewed_transcripts
from transcripts.text.corrections import NoSuchSegmentError, SegmentContent
from transcripts.text.current_text import list_current_segments


def correct_segment(transcript: Transcript, segment: int, text: str, base_number: int, by: UUID) -> None:
    """Raises CorrectionConflictError if `base_number` is not the newest version."""
    cleaned = corrections.clean_segment_text(text)

    def correct() -> list[int]:
        corrections.require_segment(transcript, segment)
        before = corrections.get_number(corrections.find_newest(transcript, segment))
        row = corrections.add_text(transcript, segment, cleaned, base_number, by)
        return [segment] if corrections.get_number(row) != before else []

    _change(transcript, by, "segment corrected", correct)


def restore_version(transcript: Transcript, segment: int, number: int, base_number: int, by: UUID) -> None:
    """`number` 0: the machine's own text. Adds a version."""

    def restore() -> list[int]:
        corrections.require_segment(transcript, segment)
        corrections.require_base(corrections.find_newest(transcript, segment), base_number)
        version = corrections.find_version(transcript, segment, number)
        if version is None and number:
            raise NoSuchSegmentError("There is no such version. Reload the page and try again.")
        contents = [(segment, corrections.get_content(version))]
        return corrections.add_versions(transcript, contents, by, CorrectionKind.RESTORED)

    _change(transcript, by, "segment restored", restore)


def change_speaker(
    transcript: Transcript, segment: int, letter: str, base_number: int, by: UUID, *, is_rest_of_turn: bool = False
) -> None:
    """`is_rest_of_turn`: also of what the same speaker says next, up to the next change of speaker."""

    def change() -> list[int]:
        corrections.require_segment(transcript, segment)
        corrections.require_base(corrections.find_newest(transcript, segment), base_number)
        if letter not in roles.list_letters(transcript):
            raise NoSuchSegmentError("This transcript has no such speaker. Reload the page and try again.")
        last = _find_turn_end(transcript, segment) if is_rest_of_turn else segment
        contents = [(number, _with_speaker(transcript, number, letter)) for number in range(segment, last + 1)]
        return corrections.add_versions(transcript, contents, by, CorrectionKind.SPEAKER)

    _change(transcript, by, "speaker of a segment changed", change)


def undo_correction(transcript: Transcript, by: UUID) -> list[int]:
    return _change(transcript, by, "correction undone", lambda: correction_journal.undo_step(transcript, by))


def redo_correction(transcript: Transcript, by: UUID) -> list[int]:
    return _change(transcript, by, "correction done again", lambda: correction_journal.redo_step(transcript, by))


def rewrite_answers(transcript: Transcript, passages: Iterable[Passage], by: UUID) -> None:
    accepted = {row.question_key for row in passages if row.state is PassageState.ACCEPTED}
    for key in sorted(accepted - {None}, key=str):
        write_answer(transcript, str(key), by)


def _change(transcript: Transcript, by: UUID, action: str, change: Callable[[], list[int]]) -> list[int]:
    lock_for_decision(transcript)
    changed = change()
    if not changed:
        return []
    db.session.flush()
    touched = [row for row in transcript.passages if _covers_any(row, changed)]
    refresh_texts(transcript, touched)
    rewrite_answers(transcript, touched, by)
    reviewed_transcripts.enqueue_remapping_of_others(transcript)
    audit.record(action, transcript, segments=changed)
    return changed


def _covers_any(row: Passage, segments: Iterable[int]) -> bool:
    span = get_span(row)
    return any(span.start.segment <= segment <= row.last_segment for segment in segments)


def _find_turn_end(transcript: Transcript, segment: int) -> int:
    speakers = _list_speakers(transcript)
    end = segment
    while end + 1 < len(speakers) and speakers[end + 1] == speakers[segment]:
        end += 1
    return end


def _list_speakers(transcript: Transcript) -> list[str | None]:
    return [segment.speaker for segment in roles.apply_merged_letters(transcript, list_current_segments(transcript))]


def _with_speaker(transcript: Transcript, segment: int, letter: str) -> SegmentContent:
    row: SegmentCorrection | None = corrections.find_newest(transcript, segment)
    return SegmentContent(corrections.get_content(row).text, letter)
