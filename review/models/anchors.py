"""Columns that point at words: of a transcript, or of a written answer. They never have the words themselves."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from evidence.models import Answer, Contribution
from transcripts.models import Transcript


class AnchoredWords:
    """In speech as a passage does, by machine words, which corrections do not change; in an answer by code points.

    The offsets in an answer follow its newest text; both are equal once all of the words were deleted.
    """

    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), index=True)
    start_offset: Mapped[int | None]
    end_offset: Mapped[int | None]
    transcript_id: Mapped[UUID | None] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"), index=True)
    first_segment: Mapped[int | None]  # positions, both included
    last_segment: Mapped[int | None]
    first_word: Mapped[int | None]  # in the first and last segment; None: from its start, to its end
    last_word: Mapped[int | None]

    @declared_attr
    @classmethod
    def contribution(cls) -> Mapped[Contribution]:
        return relationship(Contribution)

    @declared_attr
    @classmethod
    def answer(cls) -> Mapped[Answer | None]:
        return relationship(Answer)

    @declared_attr
    @classmethod
    def transcript(cls) -> Mapped[Transcript | None]:
        return relationship(Transcript)
