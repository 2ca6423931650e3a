"""The reading pages: who may open them, what they show of people and machines, and hostile words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from evidence.case_profile import CaseProfile
from evidence.models import Call, RespondentType
from tests.support import five_people, make, make_evidence, make_review, make_speakers, make_transcripts
from transcripts.models import CoverageStatus
from transcripts.passages import acceptance
from transcripts.speakers import roles

pytestmark = pytest.mark.one_database

TALK = ["What did it cost?", "About three thousand pounds.", "Lovely weather.", "It worked well."]
SCRIPT = "<script>alert(1)</script>"
HOSTILE = [SCRIPT, "\u202eevil", "x" * 100_000, "a\nb", "{{ 71 * 100003 }}"]


@pytest.fixture
def five(app: Flask) -> dict[str, FlaskClient]:
    """amira, ben, cara and eve are staff (eve without any role), dev is a volunteer."""
    roles = {"amira": [Role.COORDINATOR], "ben": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients["dev"] = five_people.sign_in_participant(app, make_evidence.participant().id)
    return clients


@pytest.fixture
def cara(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


def addresses_of(call: Call) -> list[str]:
    interview = make_review.interview_contribution(call)
    make_review.recording(interview)
    written = make_review.written_contribution(call, cost="Hardly anything.")
    return [
        "/staff/read",
        "/staff/read/recordings",
        f"/staff/read/{call.slug}",
        f"/staff/read/{call.slug}/questions/cost",
        f"/staff/read/interviews/{interview.id}",
        f"/staff/read/written/{written.id}",
    ]


def test_evidence_is_read_by_reviewers_and_coordinators_only(five: dict[str, FlaskClient], call: Call) -> None:
    for page in addresses_of(call):
        answers = {name: client.get(page, follow_redirects=name in {"amira", "cara"}) for name, client in five.items()}

        codes = {name: answer.status_code for name, answer in answers.items()}
        assert codes == {"amira": 200, "ben": 403, "cara": 200, "eve": 403, "dev": 302}, page


@pytest.mark.parametrize(
    "page", ["/staff/read/unknown", "/staff/read/{slug}/questions/unknown", "/staff/read/written/{interview}"]
)
def test_what_is_not_there_is_not_found(cara: FlaskClient, call: Call, page: str) -> None:
    interview = make_review.interview_contribution(call)

    answer = cara.get(page.format(slug=call.slug, interview=interview.id))

    assert answer.status_code == 404


def test_a_draft_cannot_be_opened_by_its_address(cara: FlaskClient, call: Call) -> None:
    draft = make_review.written_contribution(call, is_submitted=False, cost="Not finished.")

    assert cara.get(f"/staff/read/written/{draft.id}").status_code == 404


def test_people_are_shown_by_reference_only(cara: FlaskClient, call: Call) -> None:
    addresses = addresses_of(call)

    read = [cara.get(page, follow_redirects=True).text for page in addresses]

    assert all("Dev" not in page and "home.example" not in page for page in read)
    assert "P-" in read[2]


def test_a_spoken_answer_plays_from_where_it_was_said(cara: FlaskClient, call: Call) -> None:
    interview = make_review.interview_contribution(call)
    recording = make_review.recording(interview)
    transcript = make_review.transcript(recording, TALK)
    make_review.accepted_passage(transcript, "cost", 1, by=make.staff("zoe", Role.REVIEWER))

    read = [
        cara.get(page, follow_redirects=True).text
        for page in (f"/staff/read/{call.slug}/questions/cost", interview_page(interview.id))
    ]

    assert all(f"/staff/recordings/{recording.id}/sound#t=10.00,20.00" in page for page in read)


def interview_page(contribution_id: object) -> str:
    return f"/staff/read/interviews/{contribution_id}"


def test_an_answer_has_no_words_of_a_confirmed_interviewer(cara: FlaskClient) -> None:
    row = make_speakers.two_speaker_transcript()
    passages = make_transcripts.add_suggestions(row, ["capacity"] * 6)
    zoe = make.staff("zoe", Role.REVIEWER).id
    roles.confirm_speakers(row, zoe)
    for passage in passages:
        acceptance.accept_passage(passage, zoe)

    page = cara.get(f"/staff/read/{row.contribution.call.slug}/questions/capacity").text

    assert "I waited for my letter." in page
    assert "What happened then?" not in page


def test_a_suggestion_says_that_it_is_one(cara: FlaskClient, call: Call) -> None:
    interview = make_review.interview_contribution(call)
    make_review.suggestion(make_review.transcript(make_review.recording(interview), TALK), "worked", 3)

    page = cara.get(f"/staff/read/{call.slug}/questions/worked").text

    assert "Spoken (0)" in page
    assert "Suggested passages (1)" in page
    assert "lp-passage--suggested" in page


def test_a_suggestion_does_not_make_a_question_answered(cara: FlaskClient, call: Call) -> None:
    interview = make_review.interview_contribution(call)
    transcript = make_review.transcript(make_review.recording(interview), TALK)
    make_review.add_coverage(transcript, cost=CoverageStatus.ANSWERED)
    passage = make_review.suggestion(transcript, "cost", 1)

    before = cara.get(interview_page(interview.id), follow_redirects=True).text.split("<template")[0]
    acceptance.accept_passage(passage, make.staff("zoe", Role.REVIEWER).id)
    after = cara.get(interview_page(interview.id), follow_redirects=True).text.split("<template")[0]

    assert (">Answered<" in before, ">Suggested<" in before) == (False, True)
    assert (">Answered<" in after, ">Suggested<" in after) == (True, False)


@pytest.mark.parametrize(("back", "leads_to"), [("/staff/read", "/staff/read"), ("https://evil.example/", "/staff/tr")])
def test_a_suggestion_is_accepted_where_it_is_read(cara: FlaskClient, call: Call, back: str, leads_to: str) -> None:
    interview = make_review.interview_contribution(call)
    passage = make_review.suggestion(make_review.transcript(make_review.recording(interview), TALK), "cost", 1)
    accept = f"/staff/passages/{passage.id}/accept"

    has_button = accept in cara.get(interview_page(interview.id), follow_redirects=True).text
    answer = cara.post(accept, data={"seen": acceptance.build_revision(passage), "back": back})

    assert has_button
    assert answer.location.startswith(leads_to)
    assert ">Accepted<" in cara.get(interview_page(interview.id), follow_redirects=True).text


@pytest.mark.parametrize("demonstration", [True, False])
def test_the_demonstration_model_is_named_beside_its_text(cara: FlaskClient, call: Call, demonstration: bool) -> None:
    interview = make_review.interview_contribution(call)
    transcript = make_review.transcript(make_review.recording(interview), TALK, demonstration=demonstration)
    make_review.suggestion(transcript, "worked", 3)

    read = [
        cara.get(p, follow_redirects=True).text
        for p in (f"/staff/read/{call.slug}/questions/worked", interview_page(interview.id))
    ]

    assert ["demonstration model" in page for page in read] == [demonstration, demonstration]


def test_filters_stay_in_the_links_to_other_questions(cara: FlaskClient, call: Call) -> None:
    page = cara.get(f"/staff/read/{call.slug}/questions/cost?place=rural&mode=written").text

    assert page.count("place=rural&amp;mode=written") >= 3


def test_a_filter_that_is_set_stays_chosen_in_the_form(cara: FlaskClient, call: Call) -> None:
    make_review.written_contribution(call, CaseProfile(RespondentType.INDIVIDUAL, None, ("rural",)), cost="Little.")

    page = cara.get(f"/staff/read/{call.slug}?place=urban").text

    assert '<option value="urban" selected>' in page
    assert "Nothing matches." in page


@pytest.mark.parametrize("words", HOSTILE, ids=["script", "turned", "long", "lines", "template"])
def test_hostile_text_is_shown_and_does_nothing(cara: FlaskClient, call: Call, words: str) -> None:
    contribution = make_review.written_contribution(call, cost=words)
    interview = make_review.interview_contribution(call)
    make_review.transcript(make_review.recording(interview), [words])

    addresses = [f"/staff/read/written/{contribution.id}", f"/staff/read/{call.slug}/questions/cost"]
    read = [cara.get(address, follow_redirects=True) for address in [*addresses, interview_page(interview.id)]]

    assert [page.status_code for page in read] == [200, 200, 200]
    assert all(SCRIPT not in page.text and "7100213" not in page.text for page in read[:2])


@pytest.mark.parametrize("words", [*HOSTILE[:2], "a\0b", "x" * 2000])
def test_hostile_filters_find_nothing_and_do_nothing(cara: FlaskClient, call: Call, words: str) -> None:
    query = dict.fromkeys(["given_as", "place", "shows", "aim", "mode"], words)

    answer = cara.get(f"/staff/read/{call.slug}", query_string=query)

    assert answer.status_code == 200
    assert SCRIPT not in answer.text
