"""Words that were given a theme: of answers and of speech, after changes, and only while they may be read."""

from uuid import uuid4

import pytest
from flask import Flask

from core.database import db
from evidence import consent
from evidence.answers import record_answer
from evidence.consent_terms import ConsentUse
from evidence.models import Contribution
from review.coding import code_applications
from review.coding.anchors import AnswerAnchor, UnclearWordsError, parse_anchor
from review.coding.code_applications import ThemeNotUsableError, WordsNotFoundError
from review.coding.coded_spans import SpanFilters, list_coded_spans
from review.models import CodingSource
from tests.support import make, make_evidence, make_review, make_themes, make_transcripts
from transcripts.models import Passage
from transcripts.passages import acceptance

NOTHING = "5f0c7a52-3a0e-4b86-9d10-1f0c2e7f6a11"  # an id of nothing


def code_speech(contribution: Contribution) -> Passage:
    """The last two words of the first of two segments, which is an accepted answer to “capacity”."""
    recording = make_transcripts.recording(contribution)
    transcript = make_transcripts.transcript(recording, "We waited in pain.", "It was long.", is_mapped=False)
    passage = make_transcripts.add_suggestions(transcript, ["capacity", "values"])[0]
    theme, amira = make_themes.theme(contribution.call), make.staff("amira")
    acceptance.accept_passage(passage, by=amira.id)
    code_applications.code_words(make_themes.speech_anchor(transcript, 0, 2, 3), theme, by=amira.id)
    return passage


def test_words_of_an_answer_are_listed_with_who_coded_them(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    written = make_review.written_contribution(call, capacity="We waited 😀 a long time.")
    make_themes.coded_answer(written, "a long time", make_themes.theme(call), amira)

    (span,) = list_coded_spans(call)

    assert (span.text, span.before, span.after) == ("a long time", "We waited 😀 ", ".")
    assert (span.theme_name, span.question_keys, span.is_spoken) == ("Waiting", ("capacity",), False)
    assert (span.coded_by, span.source) == (amira.id, CodingSource.HAND)


def test_words_of_speech_have_their_question_and_times(app: Flask) -> None:
    contribution = make_transcripts.contribution()
    code_speech(contribution)

    (span,) = list_coded_spans(contribution.call)

    assert (span.text, span.question_keys, span.is_spoken) == ("in pain.", ("capacity",), True)
    assert (span.start_seconds, span.end_seconds) == (5.0, 10.0)


def test_they_follow_a_new_version_of_the_answer(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    written = make_review.written_contribution(call, capacity="We waited a long time.")
    make_themes.coded_answer(written, "a long time", make_themes.theme(call), amira)

    record_answer(written, "capacity", "Last year we waited a very long time.", by=None)

    assert [span.text for span in list_coded_spans(call)] == ["a very long time"]


def test_deleted_words_are_listed_no_more(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    written = make_review.written_contribution(call, capacity="We waited a long time.")
    make_themes.coded_answer(written, "a long time", make_themes.theme(call), amira)

    record_answer(written, "capacity", "We waited.", by=None)

    assert list_coded_spans(call) == []


def test_a_no_hides_them_at_once(app: Flask) -> None:
    contribution = make_transcripts.contribution()
    code_speech(contribution)

    consent.record_decisions(contribution.participant, contribution.call, {ConsentUse.RECORD: False}, noted_by=None)

    assert list_coded_spans(contribution.call) == []


def test_the_same_theme_on_the_same_words_is_one_row(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    written = make_review.written_contribution(call, capacity="We waited a long time.")
    waiting, staff = make_themes.theme(call), make_themes.theme(call, "Staff")

    for theme in (waiting, waiting, staff):
        make_themes.coded_answer(written, "a long time", theme, amira)

    assert [span.theme_name for span in list_coded_spans(call)] in (["Waiting", "Staff"], ["Staff", "Waiting"])


def test_themes_of_another_call_and_words_of_a_draft_are_refused(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    written = make_review.written_contribution(call, capacity="We waited.")
    draft = make_review.written_contribution(call, is_submitted=False, capacity="Not yet.")
    elsewhere = make_themes.theme(make_evidence.call(slug="other"))

    with pytest.raises(ThemeNotUsableError):
        make_themes.coded_answer(written, "waited", elsewhere, amira)
    with pytest.raises(WordsNotFoundError):
        make_themes.coded_answer(draft, "Not", make_themes.theme(call), amira)


def test_filters_of_the_evidence_pages_count_here_too(app: Flask) -> None:
    call, amira = make_evidence.call(), make.staff("amira")
    waiting = make_themes.theme(call)
    for text in ("We waited.", "They waited."):
        make_themes.coded_answer(make_review.written_contribution(call, capacity=text), text, waiting, amira)

    some = list_coded_spans(call, SpanFilters(question_key="capacity", theme_ids=frozenset({waiting.id})))
    none = list_coded_spans(call, SpanFilters(question_key="values"))

    assert (len(some), len(none)) == (2, 0)
    db.session.rollback()


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["", "answer", f"answer.{NOTHING}.5.5", f"answer.{NOTHING}.9.2", "speech.x.1.1.1.1"])
def test_unclear_words_are_refused(text: str) -> None:
    with pytest.raises(UnclearWordsError):
        parse_anchor(text)


@pytest.mark.one_database
def test_an_anchor_is_read_back_from_an_address() -> None:
    anchor = AnswerAnchor(uuid4(), 3, 9)

    assert parse_anchor(str(anchor)) == anchor
