"""Search finds words in everything that may be read, and nothing else, on both databases."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.roles import Role
from core.database import db
from evidence import consent
from evidence.answers import record_answer
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contribution, Mode
from review.models import SearchEntry, SearchKind
from review.reading.filters import NO_FILTERS, Filters
from review.search import search_index
from review.search.query_parser import parse_query
from review.search.searching import SearchScope, fuse_ranks, search
from tests.support import five_people, make, make_evidence, make_exports, make_review


@pytest.fixture
def call(app: Flask) -> Call:
    call = make_evidence.call(slug="waiting")
    make_review.written_contribution(call, capacity="We waited for physiotherapy at the café. Nobody wrote.")
    make_review.written_contribution(call, capacity="The letter was lost, so nobody came.", evidence="No letter.")
    make_exports.interview(call)
    db.session.commit()
    return call


def find(call: Call, words: str, filters: Filters = NO_FILTERS, kind: SearchKind | None = None) -> list[str]:
    result = search(SearchScope(call, filters, kind), parse_query(words), by_meaning=False)
    assert result.total == len(result.hits)
    return [hit.entry.text for hit in result.hits]


def find_interview() -> Contribution:
    return db.session.scalars(select(Contribution).where(Contribution.mode == Mode.INTERVIEW)).one()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("wait", 3),  # waited, in writing and aloud; wait, which the interviewer said
        ("waiting year", 1),
        ('"a year"', 1),
        ('"year wait"', 0),
        ("nobody -letter", 2),
        ("physio*", 1),
        ("cafe", 1),
        ("CAFÉ", 1),
        ("letter", 2),
        ("zebra", 0),
        ("OR", 0),
        ('"', None),
        ("-letter", None),
        ("a:b NEAR( ^ ) { } '", 0),
    ],
)
def test_words_are_found(call: Call, words: str, found: int | None) -> None:
    if found is None:
        with pytest.raises(ValueError, match="Enter a word"):
            find(call, words)
    else:
        assert len(find(call, words)) == found


def test_the_best_come_first_with_their_words_marked(call: Call) -> None:
    result = search(SearchScope(call, Filters()), parse_query("letter"), by_meaning=False)

    assert result.hits[0].entry.text == "No letter."
    assert [piece.text.lower() for hit in result.hits for piece in hit.pieces if piece.is_hit] == ["letter", "letter"]


def test_answers_suggestions_and_speech_outside_the_questions_are_different_kinds(call: Call) -> None:
    kinds = {
        entry.text: entry.kind
        for entry in db.session.scalars(select(SearchEntry).where(SearchEntry.transcript_id.is_not(None)))
    }

    assert [kinds[text] for text in make_exports.SPOKEN] == [
        SearchKind.OUTSIDE,
        SearchKind.SPOKEN_ANSWER,
        SearchKind.SUGGESTION,
    ]


def test_a_no_hides_what_was_said_at_once(call: Call) -> None:
    interview = find_interview()
    consent.record_decisions(interview.participant, call, {ConsentUse.TRANSCRIBE: False}, noted_by=None)

    assert find(call, "year") == []
    assert len(find(call, "wait")) == 1


def test_a_changed_answer_is_found_by_its_new_words_only(call: Call) -> None:
    contribution = db.session.scalars(select(Contribution).where(Contribution.mode == Mode.WRITTEN)).first()
    assert contribution is not None
    record_answer(contribution, "capacity", "Now about zebras.", by=None)
    db.session.commit()

    assert find(call, "zebra") == ["Now about zebras."]
    assert len(find(call, "physio* OR letter")) == 0


def test_a_draft_is_not_indexed(call: Call) -> None:
    make_review.written_contribution(call, is_submitted=False, capacity="A secret zebra.")
    db.session.commit()

    assert find(call, "zebra") == []
    assert db.session.scalar(select(func.count()).where(SearchEntry.text.contains("zebra"))) == 0


def test_filters_and_kinds_narrow_the_search(call: Call) -> None:
    assert len(find(call, "wait", Filters(mode=Mode.WRITTEN))) == 1
    assert len(find(call, "wait", kind=SearchKind.OUTSIDE)) == 1


def test_rebuilding_finds_the_same(call: Call) -> None:
    before = {(row.kind, row.text) for row in db.session.scalars(select(SearchEntry))}

    assert sum(search_index.iter_rebuilt()) == 3
    assert {(row.kind, row.text) for row in db.session.scalars(select(SearchEntry))} == before


@pytest.mark.one_database
def test_the_page_shows_hits_with_reference_question_and_sound(app: Flask, call: Call) -> None:
    cara = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)
    make_review.written_contribution(call, capacity="<b>zebra</b> \u202ezebra")
    db.session.commit()

    page = cara.get("/staff/read/waiting/search?q=year").text
    hostile = cara.get("/staff/read/waiting/search?q=zebra").text

    assert find_interview().participant.reference in page
    assert "<mark>year</mark>" in page
    assert "#t=10.00,20.00" in page
    assert "<mark>zebra</mark>" in hostile
    assert "<b>zebra" not in hostile


@pytest.mark.one_database
def test_a_search_for_nothing_says_what_to_do(app: Flask, call: Call) -> None:
    cara: FlaskClient = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)

    assert "Enter a word to look for." in cara.get("/staff/read/waiting/search?q=-").text
    assert "Nothing has these words." in cara.get("/staff/read/waiting/search?q=zebra").text


def test_ranks_are_fused_by_their_reciprocals() -> None:
    assert fuse_ranks([1, 2, 3], [3, 4]) == [3, 1, 2, 4]
