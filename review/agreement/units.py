"""The sentences of a round's sample, and who gave which theme to each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Answer, Contribution, Mode
from review.agreement.figures import Rating
from review.coding.anchors import Anchor, AnswerAnchor, SpeechAnchor, get_text_id, read_anchor
from review.coding.span_text import list_segments
from review.coding.word_lists import WordList, list_answer_words, list_bounds, list_spoken_words
from review.models import CodedSpan, CodingRound
from transcripts.models import Transcript


@dataclass(frozen=True, slots=True)
class CodingUnit:
    """One sentence that each coder of the round could have coded."""

    contribution_id: UUID
    anchor: Anchor
    text: str


@dataclass(frozen=True, slots=True)
class RoundRatings:
    coder_ids: tuple[UUID, ...]
    units: tuple[CodingUnit, ...]
    by_theme: dict[UUID, list[list[Rating]]]  # units by coders


def load_ratings(coding_round: CodingRound) -> RoundRatings:
    """Of contributions that may be read now."""
    coders = sorted({task.coder_id for task in coding_round.tasks})
    skipped = {(task.contribution_id, task.coder_id) for task in coding_round.tasks if task.is_skipped}
    contributions = _load_contributions({task.contribution_id for task in coding_round.tasks})
    units = tuple(unit for contribution in contributions for unit in list_units(contribution))
    spans = list(db.session.scalars(select(CodedSpan).where(CodedSpan.round_id == coding_round.id)))
    by_coder: dict[tuple[UUID, UUID | None], list[Anchor]] = defaultdict(list)
    for span in spans:
        by_coder[span.theme_id, span.coded_by].append(read_anchor(span))
    return RoundRatings(
        tuple(coders),
        units,
        {
            theme_id: [
                [
                    None if (unit.contribution_id, coder) in skipped else _is_coded(unit, by_coder[theme_id, coder])
                    for coder in coders
                ]
                for unit in units
            ]
            for theme_id in {span.theme_id for span in spans}
        },
    )


def list_units(contribution: Contribution) -> list[CodingUnit]:
    return [
        CodingUnit(contribution.id, words.make_anchor(sentence.first, sentence.last), sentence.text)
        for words in list_texts(contribution)
        for sentence in words.list_sentences()
    ]


def list_texts(contribution: Contribution) -> list[WordList]:
    """Its answers if it was written, else everything that was said."""
    if contribution.mode is Mode.WRITTEN:
        query = select(Answer).where(Answer.contribution_id == contribution.id, Answer.text != "")
        rows = db.session.scalars(query.order_by(Answer.question_key))
        return [list_answer_words(row.text, AnswerAnchor(row.id, 0, len(row.text))) for row in rows]
    query_of_speech = (
        select(Transcript)
        .where(Transcript.contribution_id == contribution.id, Transcript.is_newest)
        .options(selectinload(Transcript.segments))
        .order_by(Transcript.position)
    )
    return [_list_speech(row) for row in db.session.scalars(query_of_speech) if row.segments]


def _list_speech(transcript: Transcript) -> WordList:
    segments = list_segments(transcript)
    return list_spoken_words(segments, SpeechAnchor(transcript.id, 0, len(segments) - 1))


def _load_contributions(ids: Iterable[UUID]) -> Sequence[Contribution]:
    query = select(Contribution).where(Contribution.id.in_(set(ids)), allows(ExitUse.READING))
    return db.session.scalars(query.order_by(Contribution.created_at)).all()


def _is_coded(unit: CodingUnit, anchors: Iterable[Anchor]) -> bool:
    start, end = list_bounds(unit.anchor)
    for anchor in anchors:
        if get_text_id(anchor) == get_text_id(unit.anchor):
            other_start, other_end = list_bounds(anchor)
            if start < other_end and other_start < end:
                return True
    return False
