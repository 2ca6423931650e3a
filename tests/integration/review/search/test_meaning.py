"""Texts with a similar meaning are found by vectors that the worker calculates, without torch in the web process."""

import pytest
from flask import Flask

from core import jobs
from core.database import db
from evidence.models import Call
from review.reading.filters import NO_FILTERS
from review.search import vector_store
from review.search.meaning import MeaningState
from review.search.query_parser import parse_query
from review.search.searching import SearchResult, SearchScope, search
from review.search.sentence_encoder import load_encoder
from tests.support import make, make_evidence, make_review
from transcripts.mapping.similarity import load_similarity

pytestmark = pytest.mark.one_database
ABOUT_WAITING = "Physiotherapy was only offered after nine months on the list."
ABOUT_PARKING = "The parking at the hospital was expensive."


@pytest.fixture
def call(app: Flask) -> Call:
    call = make_evidence.call(slug="waiting")
    make_review.written_contribution(call, capacity=ABOUT_WAITING, evidence=ABOUT_PARKING)
    db.session.commit()
    return call


def find(call: Call, words: str) -> SearchResult:
    return search(SearchScope(call, NO_FILTERS), parse_query(words))


def test_until_the_worker_is_done_it_says_that_it_is_being_prepared(call: Call) -> None:
    assert find(call, "delay").meaning is MeaningState.PREPARING


def test_a_text_without_the_words_is_found_by_its_meaning(call: Call) -> None:
    jobs.enqueue(vector_store.EMBED_JOB, call.id)
    make.run_jobs()

    result = find(call, "long delay before treatment")

    assert (result.meaning, result.total) == (MeaningState.READY, 0)
    assert result.hits[0].entry.text == ABOUT_WAITING
    assert not result.hits[0].has_words


def test_a_query_has_the_same_vector_with_and_without_torch() -> None:
    text = "long delay before treatment"

    difference = abs(load_encoder().embed(text) - load_similarity().embed([text])[0]).max()

    assert difference < 1e-5
