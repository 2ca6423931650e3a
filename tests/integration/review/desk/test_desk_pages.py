"""The desk: who may open it, what it shows, deciding and correcting in place."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.roles import Role
from core.database import db
from tests.support import five_people, make, make_evidence, make_speakers, make_transcripts
from transcripts.models import Passage, Transcript
from transcripts.passages.acceptance import build_revision

pytestmark = pytest.mark.one_database
TEXTS = ["What did it cost?", "About three thousand pounds.", "Lovely weather."]


@pytest.fixture
def cara(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


@pytest.fixture
def transcript(app: Flask) -> Transcript:
    row = make_transcripts.transcript(None, *TEXTS, is_mapped=False)
    make_transcripts.add_suggestions(row, ["cost", "cost", None], confidence=0.95)
    db.session.commit()
    return row


def desk_of(transcript: Transcript) -> str:
    return f"/staff/desk/{transcript.contribution_id}"


def decide(client: FlaskClient, passage: Passage, **fields: str) -> TestResponse:
    return client.post(f"/staff/desk/passages/{passage.id}/decide", data={"seen": build_revision(passage), **fields})


def correct(
    client: FlaskClient, transcript: Transcript, text: object, base: str = "0", segment: int = 1
) -> TestResponse:
    path = f"/staff/desk/transcripts/{transcript.id}/segments/{segment}"
    return client.put(path, json={"text": text}, headers={"If-Match": base})


def get_states(answer: TestResponse) -> list[tuple[str | None, str]]:
    body: Any = answer.json
    return [(row["question"], row["state"]) for row in body["passages"]]


def test_staff_who_may_hear_an_interview_open_its_desk(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(None, ben)
    row = make_transcripts.transcript(make_transcripts.recording(booking.volunteer.contribution), *TEXTS)
    people = {
        "amira": make.staff("amira", Role.COORDINATOR),
        "ben": ben,
        "bea": make.staff("bea", Role.INTERVIEWER),
        "cara": make.staff("cara", Role.REVIEWER),
        "eve": make.staff("eve"),
    }
    clients = {name: five_people.sign_in_staff(app, person.id) for name, person in people.items()}
    clients["dev"] = five_people.sign_in_participant(app, make_evidence.participant().id)
    db.session.commit()

    codes = {name: client.get(desk_of(row)).status_code for name, client in clients.items()}

    assert codes == {"amira": 200, "ben": 200, "bea": 403, "cara": 200, "eve": 403, "dev": 302}


def test_old_addresses_lead_to_the_desk(cara: FlaskClient, transcript: Transcript) -> None:
    old = [f"/staff/transcripts/{transcript.id}", f"/staff/read/interviews/{transcript.contribution_id}"]

    assert [cara.get(page).location for page in old] == [desk_of(transcript)] * 2


def test_what_is_said_is_shown_once_in_order(cara: FlaskClient, transcript: Transcript) -> None:
    page = cara.get(desk_of(transcript)).text

    shown = page[page.index("data-desk-text") :]
    assert [shown.count(f">{text}</p>") for text in TEXTS] == [1, 1, 1]
    assert "0 of 2 decided" in page


def test_words_in_no_passage_are_shown_too(cara: FlaskClient, transcript: Transcript) -> None:
    transcript.passages.pop(1)
    db.session.commit()

    assert f">{TEXTS[1]}</p>" in cara.get(desk_of(transcript)).text


def test_choosing_a_question_is_the_decision(cara: FlaskClient, transcript: Transcript) -> None:
    first, second, _ = transcript.passages

    accepted, moved = decide(cara, first), decide(cara, second, question="capacity")

    assert get_states(accepted)[0] == ("cost", "accepted")
    assert get_states(moved) == [("cost", "accepted"), ("capacity", "accepted"), (None, "outside")]
    assert (moved.json or {})["decided"] == 2


def test_none_of_the_questions_is_a_decision_too(cara: FlaskClient, transcript: Transcript) -> None:
    answer = decide(cara, transcript.passages[0], question="")

    assert get_states(answer)[0] == (None, "outside")
    assert (answer.json or {})["decided"] == 1


def test_a_decision_over_someone_elses_answers_with_the_state(cara: FlaskClient, transcript: Transcript) -> None:
    answer = cara.post(f"/staff/desk/passages/{transcript.passages[0].id}/decide", data={"seen": "old"})

    assert answer.status_code == 409
    assert "Nothing was changed" in (answer.json or {})["error"]
    assert get_states(answer)[0] == ("cost", "suggested")


def test_all_that_are_almost_certain_are_accepted_and_undone_in_one_step(
    cara: FlaskClient, transcript: Transcript
) -> None:
    accepted = cara.post(f"{desk_of(transcript)}/accept-sure")
    undone = cara.post(f"{desk_of(transcript)}/undo")
    redone = cara.post(f"{desk_of(transcript)}/redo")

    assert [(answer.json or {})["decided"] for answer in (accepted, undone, redone)] == [2, 0, 2]
    assert cara.post(f"{desk_of(transcript)}/redo").status_code == 409


def test_a_correction_answers_with_its_version_and_times(cara: FlaskClient, transcript: Transcript) -> None:
    answer = correct(cara, transcript, "About four thousand pounds a year.")

    body: Any = answer.json
    assert (answer.status_code, body["version"]) == (200, 1)
    assert [time[2] for time in body["times"]] == [1, 1, 1, 1, 0, 0]
    assert ">About four thousand pounds a year.</p>" in cara.get(desk_of(transcript)).text


def test_a_conflict_answers_with_what_is_there_now(cara: FlaskClient, transcript: Transcript) -> None:
    correct(cara, transcript, "About four thousand pounds.")

    answer = correct(cara, transcript, "About five thousand pounds.")

    body: Any = answer.json
    assert (answer.status_code, body["version"], body["text"]) == (409, 1, "About four thousand pounds.")


@pytest.mark.parametrize(("base", "text", "code"), [("", "x", 428), ("*", "x", 428), ("0", 7, 400), ("0", None, 400)])
def test_a_correction_without_text_or_version_is_refused(
    cara: FlaskClient, transcript: Transcript, base: str, text: object, code: int
) -> None:
    assert correct(cara, transcript, text, base).status_code == code


def test_hostile_words_are_shown_and_do_nothing(cara: FlaskClient, transcript: Transcript) -> None:
    correct(cara, transcript, "<script>alert(1)</script>\u202e {{ 7 * 7 }}\n\n\0")

    page = cara.get(desk_of(transcript)).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}</p>" in page


def test_versions_have_author_and_difference_and_can_be_restored(cara: FlaskClient, transcript: Transcript) -> None:
    correct(cara, transcript, "About four thousand pounds.")
    versions = f"/staff/desk/transcripts/{transcript.id}/segments/1/versions"

    page = cara.get(versions).text
    cara.post(versions.replace("versions", "restore"), data={"number": 0, "seen": 1})

    assert "by Cara" in page
    assert "<del>three</del> <ins>four</ins>" in page
    assert f">{TEXTS[1]}</p>" in cara.get(desk_of(transcript)).text


def test_corrections_are_undone_and_redone(cara: FlaskClient, transcript: Transcript) -> None:
    correct(cara, transcript, "About four thousand pounds.")
    steps = f"/staff/desk/transcripts/{transcript.id}"

    undone: Any = cara.post(f"{steps}/undo-correction").json
    redone: Any = cara.post(f"{steps}/redo-correction").json

    assert [body["segments"][0]["text"] for body in (undone, redone)] == [TEXTS[1], "About four thousand pounds."]


def test_a_guess_of_who_speaks_is_a_letter_until_it_is_confirmed(cara: FlaskClient) -> None:
    row = make_speakers.two_speaker_transcript()
    db.session.commit()
    guessed = cara.get(desk_of(row)).text

    cara.post(f"/staff/transcripts/{row.id}/speakers/confirm")
    confirmed = cara.get(desk_of(row)).text

    assert ">A</button>" in guessed
    assert ">Interviewer</button>" in confirmed
    assert confirmed.count("lp-turn--interviewer") == 3


def test_the_speaker_of_a_sentence_is_changed(cara: FlaskClient) -> None:
    row = make_speakers.two_speaker_transcript()
    db.session.commit()

    answer = cara.post(
        f"/staff/desk/transcripts/{row.id}/segments/0/speaker", data={"speaker": "B"}, headers={"If-Match": "0"}
    )

    assert (answer.json or {})["speaker"] == "B"


@pytest.mark.parametrize("segment", [3, 10**12])
def test_a_sentence_that_is_not_there_is_not_found(cara: FlaskClient, transcript: Transcript, segment: int) -> None:
    assert correct(cara, transcript, "x", segment=segment).status_code == 404
    assert cara.get(f"/staff/desk/transcripts/{transcript.id}/segments/{segment}/versions").status_code == 404


def test_the_times_of_words_have_no_words(cara: FlaskClient, transcript: Transcript) -> None:
    answer: Any = cara.get(f"/staff/desk/transcripts/{transcript.id}/times").json

    assert [len(times) for times in answer["segments"]] == [4, 4, 2]
    assert answer["segments"][1][0] == [10.0, 12.5, 1]


def test_an_interviewer_reads_and_changes_nothing(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    row = make_transcripts.transcript(
        make_transcripts.recording(make_transcripts.booking(None, ben).volunteer.contribution), *TEXTS
    )
    client = five_people.sign_in_staff(app, ben.id)
    db.session.commit()

    assert correct(client, row, "x").status_code == 403
    assert "data-may-decide" not in client.get(desk_of(row)).text
