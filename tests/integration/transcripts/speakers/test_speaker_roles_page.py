"""The speakers on a transcript's page: a guess looks like one, and people correct it."""

from dataclasses import replace

import pytest
from flask import Flask

from core.database import db
from interviews.models import Booking
from tests.support import make_transcripts
from tests.support.five_people import sign_in_five
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import SpeakerSource, Transcript
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance

pytestmark = pytest.mark.one_database
ROLES = {"A": "interviewer", "B": "participant"}


def _guessed(*letters: str) -> tuple[Transcript, Booking]:
    """One segment for each letter, with the people who look at it."""
    booking = make_transcripts.booking()
    segments = make_transcripts.spoken_segments(*(f"I am {letter} and this is what I say." for letter in letters))
    spoken = tuple(replace(segment, speaker=letter) for segment, letter in zip(segments, letters, strict=True))
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    row = stored_transcripts.store_recognised(
        make_transcripts.recording(booking.volunteer.contribution),
        SpokenTranscript("en", 10.0 * len(letters), "test", spoken),
        RecognitionProvenance(facts, seconds_taken=1.0),
    )
    make_transcripts.add_suggestions(row, [None] * len(letters))
    row.speaker_source, row.roles = SpeakerSource.GUESSED, dict(ROLES)
    db.session.commit()
    return row, booking


def test_a_guess_looks_like_one_until_somebody_confirms_it(app: Flask) -> None:
    row, booking = _guessed("A", "B")
    cara = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["cara"]

    guessed = cara.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text
    cara.post(f"/staff/transcripts/{row.id}/speakers/confirm")
    confirmed = cara.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text

    assert _named(guessed, "A") == "A"
    assert _named(confirmed, "A") == "Interviewer"
    assert ", a guess" not in confirmed


def test_a_guess_by_voice_names_nobody_until_somebody_confirms_it(app: Flask) -> None:
    row, booking = _guessed("A", "B")
    cara = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["cara"]
    address = f"/staff/transcripts/{row.id}"

    cara.post(f"{address}/speakers/swap")
    swapped = cara.get(address, follow_redirects=True).text
    cara.post(f"{address}/speakers/confirm")

    assert swapped.index("<strong>Participant, a guess</strong>") < swapped.index(
        "<strong>Interviewer, a guess</strong>"
    )
    assert "does not confirm it" in swapped
    assert "speakers/confirm" in swapped
    assert _named(swapped, "A") == "A"
    assert _named(cara.get(address, follow_redirects=True).text, "A") == "Participant"


def _named(page: str, letter: str) -> str:
    return page.split(f'data-letter="{letter}"')[1].split(">", maxsplit=1)[1].split("<", maxsplit=1)[0]


def test_a_text_in_which_nobody_can_be_distinguished_says_so(app: Flask) -> None:
    booking = make_transcripts.booking()
    row = make_transcripts.transcript(make_transcripts.recording(booking.volunteer.contribution), "Thank you all.")
    cara = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["cara"]

    page = cara.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text

    assert "We cannot tell who is speaking, so nobody is named." in page
    assert "speakers/confirm" not in page


def test_people_swap_set_merge_and_part_speakers(app: Flask) -> None:
    row, booking = _guessed("A", "B", "C")
    cara = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["cara"]
    path = f"/staff/transcripts/{row.id}/speakers"

    cara.post(f"{path}/swap")
    cara.post(f"{path}/role", data={"speaker": "C", "role": "other"})
    swapped = cara.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text
    cara.post(f"{path}/merge", data={"speaker": "C", "into": "B"})
    merged = cara.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text
    cara.post(f"{path}/separate", data={"speaker": "C"})

    assert [_named(swapped, letter) for letter in "ABC"] == ["Participant", "Interviewer", "Someone else"]
    assert "Separate C from B" in merged
    assert 'lp-speaker--C"' not in merged
    assert _named(cara.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text, "C") == "Speaker C"


@pytest.mark.parametrize("action", ["swap", "confirm", "merge", "separate", "role"])
def test_only_those_who_code_evidence_say_who_speaks(app: Flask, action: str) -> None:
    row, booking = _guessed("A", "B")
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    sent = {"speaker": "B", "into": "A", "role": "participant"}

    statuses = {
        name: client.post(f"/staff/transcripts/{row.id}/speakers/{action}", data=sent).status_code
        for name, client in people.items()
        if name != "amira"
    }

    assert {name for name, status in statuses.items() if status == 302 and name != "dev"} == {"cara"}


@pytest.mark.parametrize(
    ("action", "sent", "status"),
    [
        ("role", {"speaker": "<script>", "role": "participant"}, 302),
        ("role", {"speaker": "A", "role": "president"}, 400),
        ("role", {}, 400),
        ("merge", {"speaker": "A", "into": "A"}, 302),
        ("separate", {"speaker": "Z"}, 302),
    ],
)
def test_what_makes_no_sense_changes_nothing(app: Flask, action: str, sent: dict[str, str], status: int) -> None:
    row, booking = _guessed("A", "B")
    cara = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["cara"]

    answer = cara.post(f"/staff/transcripts/{row.id}/speakers/{action}", data=sent)

    db.session.rollback()
    assert answer.status_code == status
    assert db.session.get_one(Transcript, row.id).roles == ROLES
