"""The one door for answers: versions, keys, and text that databases dislike."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.database import db
from evidence.answers import (
    UnknownQuestionError,
    get_answers_by_question,
    get_newest_version_numbers,
    get_version_text,
    record_answer,
)
from evidence.models import AnswerVersion, FrozenRowError
from tests.support import make_evidence


def test_an_answer_keeps_its_earlier_wordings(app: Flask) -> None:
    contribution = make_evidence.contribution()

    record_answer(contribution, "capacity", "A nurse", by=None)
    with clock.freeze_at(clock.now() + timedelta(hours=1)):
        answer = record_answer(contribution, "capacity", "A ward sister", by=None)

    assert answer.text == "A ward sister"
    assert [version.text for version in answer.versions] == ["A nurse", "A ward sister"]
    assert get_version_text(contribution, "capacity", 1) == "A nurse"


def test_what_a_contributor_saves_within_an_hour_is_one_version(app: Flask) -> None:
    contribution = make_evidence.contribution()
    with clock.freeze_at(clock.now().replace(minute=5)):
        for number in range(30):
            answer = record_answer(contribution, "capacity", f"Draft {number}", by=None)

    assert [version.text for version in answer.versions] == ["Draft 29"]
    assert answer.versions[0].number == 30


def test_what_staff_accept_is_never_part_of_another_version(app: Flask) -> None:
    contribution, cara = make_evidence.contribution(), uuid4()
    with clock.freeze_at(clock.now().replace(minute=5)):
        record_answer(contribution, "capacity", "Spoken", by=cara)
        record_answer(contribution, "capacity", "Typed", by=None)
        answer = record_answer(contribution, "capacity", "Spoken again", by=cara)

    assert [version.text for version in answer.versions] == ["Spoken", "Typed", "Spoken again"]


def test_the_same_text_again_makes_no_new_version(app: Flask) -> None:
    contribution = make_evidence.contribution()

    record_answer(contribution, "capacity", "A nurse", by=None)
    record_answer(contribution, "capacity", " A nurse\r\n", by=None)

    assert get_newest_version_numbers(contribution) == {"capacity": 1}


def test_a_question_that_the_schedule_does_not_have_is_refused(app: Flask) -> None:
    contribution = make_evidence.contribution()

    with pytest.raises(UnknownQuestionError, match="nowhere"):
        record_answer(contribution, "nowhere", "Words", by=None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b", "ab"),
        ("half \ud83d done", "half \ufffd done"),
        ("مرحبا\u200f 👩‍⚕️", "مرحبا\u200f 👩‍⚕️"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("long " * 20_000, ("long " * 20_000).strip()),
    ],
)
def test_hostile_text_is_kept_as_text(app: Flask, typed: str, kept: str) -> None:
    contribution = make_evidence.contribution()

    record_answer(contribution, "capacity", typed, by=None)
    db.session.commit()

    db.session.expire_all()
    assert get_answers_by_question(contribution)["capacity"].text == kept


def test_spoken_text_may_answer_a_question_of_any_kind(app: Flask) -> None:
    schedule = make_evidence.schedule_data({"key": "which", "kind": "some of", "choices": ["Red", "Blue"]})
    contribution = make_evidence.contribution(make_evidence.call(schedule=schedule))

    answer = record_answer(contribution, "which", "well, mostly red", by=None)

    assert answer.text == "well, mostly red"


def test_a_version_cannot_be_changed(app: Flask) -> None:
    record_answer(make_evidence.contribution(), "capacity", "A nurse", by=None)
    version = db.session.scalars(select(AnswerVersion)).one()

    version.text = "Something else"

    with pytest.raises(FrozenRowError):
        db.session.flush()
