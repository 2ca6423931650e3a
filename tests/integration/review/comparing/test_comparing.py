"""Themes by group: contributions are counted, not passages, and the words are one click away."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from evidence import consent
from evidence.case_profile import CaseProfile
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Finding, RespondentType
from interviews.models import Volunteer
from review.coding import code_applications
from review.comparing.groups import GroupedBy
from review.comparing.theme_matrix import ThemeMatrix, build_theme_matrix
from review.models import Theme
from tests.support import five_people, make, make_evidence, make_review, make_themes, make_transcripts

URBAN = CaseProfile(RespondentType.INDIVIDUAL, Finding.DIFFICULTY, ("urban",), ("control",))
BOTH = CaseProfile(RespondentType.ORGANISATION, Finding.WORKS, ("rural", "urban"), ("control", "services"))


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call")


def add_evidence(call: Call) -> tuple[Theme, Volunteer]:
    """Two written contributions with a theme, the first of them twice, and an interview with it."""
    waiting, amira = make_themes.theme(call), make.staff("amira")
    for profile, words in ((URBAN, ("waited", "bad")), (BOTH, ("waited",))):
        written = make_review.written_contribution(call, profile, capacity="We waited. It was bad.")
        for word in words:
            make_themes.coded_answer(written, word, waiting, amira)
    make_review.written_contribution(call, URBAN, capacity="Nothing.")
    volunteer = make_transcripts.booking(call).volunteer
    recording = make_transcripts.recording(volunteer.contribution)
    transcript = make_transcripts.transcript(recording, "I waited too.")
    code_applications.code_words(make_themes.speech_anchor(transcript), waiting, by=amira.id)
    return waiting, volunteer


def read(matrix: ThemeMatrix) -> dict[str, tuple[int, int]]:
    """By group: contributions with the theme, and all of them."""
    return dict(zip(matrix.groups, zip(matrix.rows[0].counts, matrix.sizes, strict=True), strict=True))


def test_contributions_are_counted_once_in_each_group(call: Call) -> None:
    add_evidence(call)

    assert read(build_theme_matrix(call, GroupedBy.MODE)) == {"Interview": (1, 1), "Written": (2, 3)}
    areas = read(build_theme_matrix(call, GroupedBy.AREA))
    assert (areas["Rural"], areas["Urban"]) == ((1, 1), (3, 4))
    assert build_theme_matrix(call, GroupedBy.AREA).rows[0].total == 3


def test_a_no_takes_somebody_out_of_the_counts(call: Call) -> None:
    _, volunteer = add_evidence(call)

    consent.record_decisions(volunteer.participant, call, {ConsentUse.TRANSCRIBE: False}, noted_by=None)

    assert read(build_theme_matrix(call, GroupedBy.MODE)) == {"Written": (2, 3)}


def test_the_site_is_that_of_the_interview(call: Call) -> None:
    _, volunteer = add_evidence(call)
    volunteer.site_id = call.sites[0].id

    matrix = read(build_theme_matrix(call, GroupedBy.SITE))

    assert matrix == {call.sites[0].title: (1, 1), "Not known": (2, 3)}


def test_the_words_behind_a_count_are_one_click_away(app: Flask, call: Call) -> None:
    waiting, _ = add_evidence(call)
    cara: FlaskClient = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)

    page = cara.get("/staff/read/our-call/compare?by=type").text
    words = cara.get(f"/staff/read/our-call/compare/{waiting.id}?by=type&group=Interview").text

    assert f"/compare/{waiting.id}?by=type&amp;group=Interview" in page
    assert "I waited too." in words
    assert "It was bad" not in words


@pytest.mark.one_database
@pytest.mark.parametrize("by", list(GroupedBy))
def test_each_grouping_has_a_page(app: Flask, call: Call, by: GroupedBy) -> None:
    add_evidence(call)
    cara = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)

    page = cara.get("/staff/read/our-call/compare", query_string={"by": by.value})

    assert f"Themes by {by.value}" in page.text
    assert "<svg" in page.text
