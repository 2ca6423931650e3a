"""Pages of themes: the codebook, choosing words, the theme's own page, and who may use them."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from core.database import db
from evidence.models import Call, Contribution
from review.coding import code_applications, codebook
from review.coding.coded_spans import list_coded_spans
from review.coding.shown_words import get_passage_anchor
from review.models import Theme
from tests.support import five_people, make, make_evidence, make_review, make_themes, make_transcripts


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(slug="our-call")


@pytest.fixture
def cara(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


@pytest.fixture
def written(call: Call) -> Contribution:
    return make_review.written_contribution(call, capacity="We waited a long time. It was bad.")


def test_only_people_who_code_change_the_codebook(app: Flask, call: Call) -> None:
    booking = make_transcripts.booking(call)
    people = five_people.sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)

    statuses = five_people.get_statuses(people, "/staff/read/our-call/themes/new")

    assert statuses == {"amira": 200, "cara": 200, "ben": 403, "eve": 403, "dev": 302}


def test_a_theme_is_added_below_another(call: Call, cara: FlaskClient) -> None:
    waiting = make_themes.theme(call)

    answer = cara.post(
        "/staff/read/our-call/themes/new",
        data={"name": "In pain", "parent": str(waiting.id), "definition": "Pain while waiting", "pattern": "dots"},
    )

    assert answer.status_code == 302
    assert [(line.theme.name, line.depth) for line in codebook.list_themes(call)] == [("Waiting", 0), ("In pain", 1)]
    assert "Pain while waiting" in cara.get("/staff/read/our-call/themes").text


def test_a_taken_name_is_an_error_at_its_field_and_nothing_is_lost(call: Call, cara: FlaskClient) -> None:
    make_themes.theme(call)

    page = cara.post("/staff/read/our-call/themes/new", data={"name": "Waiting", "definition": "Kept"}).text

    assert "already has a theme called “Waiting”" in page
    assert "Kept" in page


def test_words_that_are_selected_get_a_theme_and_show_it(call: Call, cara: FlaskClient, written: Contribution) -> None:
    whole = make_themes.answer_anchor(written, "We waited a long time. It was bad.")
    chosen = cara.get(f"/staff/words/{whole}/choose?from=1&to=5").location

    cara.post(chosen, data={"new_theme": "Waiting", "memo": "Ask how long."})

    assert [span.text for span in list_coded_spans(call)] == ["waited a long time."]
    page = cara.get(f"/staff/read/written/{written.id}").text
    assert 'data-themes="Waiting">waited a long time.</mark>' in page
    theme = db.session.query(Theme).one()
    assert "Ask how long." in cara.get(f"/staff/themes/{theme.id}").text


def test_sentences_are_chosen_without_javascript(call: Call, cara: FlaskClient, written: Contribution) -> None:
    whole = make_themes.answer_anchor(written, "We waited a long time. It was bad.")
    page = cara.get(f"/staff/words/{whole}/choose").text

    chosen = cara.get(f"/staff/words/{whole}/choose?sentence=0&sentence=1&starts=A+LONG&ends=was+bad").location
    unclear = cara.get(f"/staff/words/{whole}/choose?sentence=0&starts=a+short").text

    assert "We waited a long time." in page
    assert '<mark class="lp-coded__words">a long time. It was bad.</mark>' in cara.get(chosen).text
    assert "The words “a short” are not there." in unclear


def test_words_of_speech_are_chosen_by_number(call: Call, cara: FlaskClient) -> None:
    contribution = make_transcripts.contribution()
    transcript = make_transcripts.transcript(
        make_transcripts.recording(contribution), "We waited in pain.", "It was long.", is_mapped=False
    )
    passage = make_transcripts.add_suggestions(transcript, ["capacity", "capacity"])[0]
    passage.last_segment = 1
    anchor = get_passage_anchor(passage)

    chosen = cara.get(f"/staff/words/{anchor}/choose?from=2&to=6").location

    assert "in pain. It was</mark>" in cara.get(chosen).text


def test_speech_outside_the_questions_is_chosen_too(call: Call, cara: FlaskClient) -> None:
    contribution = make_transcripts.booking(call).volunteer.contribution
    transcript = make_transcripts.transcript(make_transcripts.recording(contribution), "Good morning to you.")
    anchor = make_themes.speech_anchor(transcript, 0, 1, 1)
    code_applications.code_words(anchor, make_themes.theme(call, "Greeting"), by=make.staff("amira").id)

    page = cara.get(f"/staff/read/interviews/{contribution.id}/words").text

    assert 'data-themes="Greeting">morning</mark> to you.' in page
    assert f"/staff/words/speech.{transcript.id}.0.all.0.3/choose" in page


def test_a_theme_is_removed_from_words(call: Call, cara: FlaskClient, written: Contribution) -> None:
    span = make_themes.coded_answer(written, "waited", make_themes.theme(call), make.staff("amira"))

    cara.post(f"/staff/coded/{span.id}/remove")

    assert list_coded_spans(call) == []


def test_themes_are_changed_moved_merged_split_retired_and_brought_back(
    call: Call, cara: FlaskClient, written: Contribution
) -> None:
    waiting, pain = make_themes.theme(call), make_themes.theme(call, "Pain")
    span = make_themes.coded_answer(written, "waited", waiting, make.staff("amira"))

    cara.post(f"/staff/themes/{waiting.id}/edit", data={"name": "Waiting times", "colour": "blue"})
    cara.post(f"/staff/themes/{pain.id}/move", data={"theme": str(waiting.id)})
    cara.post(f"/staff/themes/{waiting.id}/split", data={"name": "Queues", "span": str(span.id)})
    cara.post(f"/staff/themes/{pain.id}/retire")
    cara.post(f"/staff/themes/{pain.id}/revive")
    cara.post(f"/staff/themes/{pain.id}/notes", data={"memo": "Too wide?"})
    cara.post(f"/staff/themes/{pain.id}/merge", data={"theme": str(waiting.id)})

    assert [line.theme.name for line in codebook.list_themes(call)] == ["Waiting times", "Queues"]
    assert [one.theme_name for one in list_coded_spans(call)] == ["Queues"]
    history = cara.get(f"/staff/themes/{pain.id}").text
    assert all(word in history for word in ("moved", "retired", "brought back", "merged", "Too wide?"))


def test_words_of_a_draft_and_unclear_addresses_are_not_found(call: Call, cara: FlaskClient) -> None:
    draft = make_review.written_contribution(call, is_submitted=False, capacity="Not yet.")

    statuses = [cara.get(f"/staff/words/{make_themes.answer_anchor(draft, 'Not')}").status_code]
    statuses += [cara.get(f"/staff/words/{text}").status_code for text in ("answer.x.1.2", "speech", "%00")]

    assert statuses == [404, 404, 404, 404]


@pytest.mark.parametrize("ending", ["qdc", "csv"])
def test_a_codebook_is_exported_and_imported_into_another_call(call: Call, cara: FlaskClient, ending: str) -> None:
    waiting = make_themes.theme(call, "=Waiting & more")
    make_themes.theme(call, "In pain", waiting)
    waiting.definition, waiting.when_to_use, waiting.example = "Any wait.", "With a time.", "A year."
    other = make_evidence.call(slug="other-call")
    file = cara.get(f"/staff/read/our-call/themes/codebook.{ending}").data

    answer = cara.post("/staff/read/other-call/themes/import", data={"codebook": (BytesIO(file), f"codebook.{ending}")})

    assert answer.status_code == 302
    imported = codebook.list_themes(other)
    assert [(line.theme.name, line.depth) for line in imported] == [("=Waiting & more", 0), ("In pain", 1)]
    first = imported[0].theme
    assert (first.definition, first.when_to_use, first.example, first.colour) == (
        "Any wait.",
        "With a time.",
        "A year.",
        waiting.colour,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Select a file that is not empty."),
        (b"<CodeBook><Codes>", "cannot be read as XML"),
        (b"\xff\xfe\x00", "Save the file as CSV in UTF-8"),
        (b"title\nWaiting\n", "needs a column called “name”"),
        (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CodeBook><Code name="&e;"/></CodeBook>', "problem"),
    ],
)
def test_a_file_that_is_no_codebook_changes_nothing(
    call: Call, cara: FlaskClient, content: bytes, message: str
) -> None:
    page = cara.post("/staff/read/our-call/themes/import", data={"codebook": (BytesIO(content), "book")}).text

    assert message in page
    assert codebook.list_themes(call) == []


def test_another_tools_codebook_with_the_same_name_twice(call: Call, cara: FlaskClient) -> None:
    book = b"""<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1:0"><Codes>
      <Code guid="a" name="Waiting" color="#2222FF"><Code guid="b" name="Good" isCodable="true"/></Code>
      <Code guid="c" name="Staff"><Description>People</Description><Code guid="d" name="Good"/></Code>
      </Codes></CodeBook>"""

    cara.post("/staff/read/our-call/themes/import", data={"codebook": (BytesIO(book), "book.qdc")})

    names = [(line.theme.name, line.depth) for line in codebook.list_themes(call)]
    assert names == [("Waiting", 0), ("Good", 1), ("Staff", 0), ("Staff: Good", 1)]


def test_markup_in_names_and_words_is_text(call: Call, cara: FlaskClient) -> None:
    written = make_review.written_contribution(call, capacity="<script>alert(1)</script> \u202eabc")
    theme = make_themes.theme(call, "<b>Bold</b>")
    make_themes.coded_answer(written, "<script>alert(1)</script>", theme, make.staff("amira"))

    pages = cara.get(f"/staff/themes/{theme.id}").text + cara.get(f"/staff/read/written/{written.id}").text

    assert "<script>alert" not in pages
    assert "<b>Bold" not in pages
