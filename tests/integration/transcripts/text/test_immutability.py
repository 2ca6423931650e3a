"""What was heard stays for ever as it was heard."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.database import db
from tests.support import make_transcripts
from transcripts.models import Segment, Transcript
from transcripts.text.immutability import ImmutableTextError


@pytest.mark.parametrize(
    ("name", "value"),
    [("text", "Something else."), ("words", []), ("start_seconds", 1.5), ("avg_logprob", -0.1), ("is_loop", True)],
)
def test_nothing_of_a_segment_can_be_changed(app: Flask, name: str, value: Any) -> None:
    make_transcripts.transcript(None, "As it was heard.")
    segment = db.session.scalars(select(Segment)).one()

    setattr(segment, name, value)

    with pytest.raises(ImmutableTextError, match=name):
        db.session.flush()
    db.session.rollback()


def test_nor_can_many_at_once(app: Flask) -> None:
    make_transcripts.transcript(None, "As it was heard.")

    with pytest.raises(ImmutableTextError):
        db.session.execute(update(Segment).values(text="Something else."))

    assert db.session.scalars(select(Segment.text)).all() == ["As it was heard."]


def test_a_transcript_can_still_be_removed_whole(app: Flask) -> None:
    transcript = make_transcripts.transcript(None, "As it was heard.")
    db.session.commit()

    db.session.delete(db.session.get_one(Transcript, transcript.id))
    db.session.commit()

    assert db.session.scalars(select(Segment.text)).all() == []
