"""The accepted passages of a call's interviews, by the answers that they make and by transcript."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.database import db
from evidence.models import Contribution, Participant
from review.exports.exported_call import ExportedPassage
from review.exports.xml_text import clean_for_files
from review.reading.spoken_text import find_characters
from transcripts.models import Passage, PassageState, Transcript
from transcripts.text.spoken import SpokenSegment

COLUMNS = (
    Passage.id,
    Passage.answer_id,
    Passage.transcript_id,
    Passage.question_key,
    Transcript.position,
    Passage.start_seconds,
    Passage.end_seconds,
    Passage.text,
    Passage.first_segment,
    Passage.last_segment,
    Passage.first_word,
    Passage.last_word,
)


@dataclass(slots=True)
class AcceptedPassages:
    _by_answer: defaultdict[UUID, list[ExportedPassage]] = field(default_factory=lambda: defaultdict(list))
    _rows_by_transcript: defaultdict[UUID, list[tuple[ExportedPassage, int | None, int | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def load(cls, condition: ColumnElement[bool]) -> "AcceptedPassages":
        """`condition`: on Contribution and Participant."""
        query = select(*COLUMNS).join(Passage.transcript).join(Transcript.contribution)
        query = query.join(Participant, Participant.id == Contribution.participant_id)
        query = query.where(condition, Passage.state == PassageState.ACCEPTED, Passage.question_key.is_not(None))
        found = cls()
        for row in db.session.execute(query.order_by(Transcript.position, Passage.start_seconds)):
            passage = ExportedPassage(
                row.id,
                row.question_key or "",
                row.position,
                row.start_seconds,
                row.end_seconds,
                clean_for_files(row.text),
                row.first_segment,
                row.last_segment,
            )
            if row.answer_id is not None:
                found._by_answer[row.answer_id].append(passage)
            found._rows_by_transcript[row.transcript_id].append((passage, row.first_word, row.last_word))
        return found

    def list_of_answer(self, answer_id: UUID) -> tuple[ExportedPassage, ...]:
        return tuple(self._by_answer.get(answer_id, ()))

    def list_in_transcript(self, transcript_id: UUID, segments: Sequence[SpokenSegment]) -> list[ExportedPassage]:
        """With their characters in the texts of the segments."""
        return [
            _add_characters(passage, segments, first_word, last_word)
            for passage, first_word, last_word in self._rows_by_transcript.get(transcript_id, ())
            if passage.last_turn < len(segments)
        ]


def _add_characters(
    passage: ExportedPassage, segments: Sequence[SpokenSegment], first_word: int | None, last_word: int | None
) -> ExportedPassage:
    first, _ = find_characters(segments[passage.first_turn], first_word, None)
    _, end = find_characters(segments[passage.last_turn], None, last_word)
    return ExportedPassage(
        passage.id,
        passage.question_key,
        passage.position,
        passage.start,
        passage.end,
        passage.text,
        passage.first_turn,
        passage.last_turn,
        first,
        end,
    )
