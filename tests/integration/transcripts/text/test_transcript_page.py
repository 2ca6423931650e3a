"""What a transcript's page says of itself: where it may be wrong, how it was made; and that long ones stay quick."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event, select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from tests.support import make, make_evidence, make_transcripts
from tests.support.five_people import sign_in_staff
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import PassageState, Recording, Transcript, TranscriptOrigin
from transcripts.passages import transcript_view
from transcripts.text import stored_transcripts
from transcripts.text.spoken import NOT_UNDERSTOOD, SpokenSegment, SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance

pytestmark = pytest.mark.one_database
OPTIONS = {
    "longest_window_seconds": 20.0,
    "beam_size": None,
    "temperatures": (0.0, 0.2, 0.4),
    "device": "cpu",
    "language": "given: cy",
    "glossary": ["Merthyr <b>Tydfil</b>"],
    "glossary left out": ["Age UK", "GP"],
}


def _transcript(*texts: str, of: Recording | None = None) -> Transcript:
    """With a poor second segment."""
    segments = [replace(segment, avg_logprob=-0.2) for segment in make_transcripts.spoken_segments(*texts)]
    segments[1] = replace(segments[1], temperature=0.6, is_silence=True)
    spoken = SpokenTranscript("cy", len(texts) * 10.0, "base", tuple(segments))
    facts = ModelFacts("base", "ab" * 32, "openai-whisper 1", OPTIONS, is_english_only=False)
    row = stored_transcripts.store_recognised(
        of or make_transcripts.recording(), spoken, RecognitionProvenance(facts, seconds_taken=240.0)
    )
    make_transcripts.add_suggestions(row, ["capacity"] + [None] * (len(texts) - 1))
    db.session.commit()
    return row


def _page(app: Flask, row: Transcript) -> str:
    cara = db.session.scalars(select(StaffMember).where(StaffMember.name == "Cara")).first()
    client = sign_in_staff(app, (cara or make.staff("cara", Role.REVIEWER)).id)
    db.session.commit()
    return client.get(f"/staff/transcripts/{row.id}", follow_redirects=True).text


def test_what_may_be_wrong_is_listed_with_reasons_and_marked_where_it_is(app: Flask) -> None:
    row = _transcript("I wait and I wait for it all, " * 2, "Words <i>where nobody</i> spoke at all, " * 2)

    page = _page(app, row)

    assert "1 place to check first" in page
    assert "It may be invented: no speech was detected here. The machine guessed this at the fourth attempt." in page
    assert 'href="#segment-1"' in page
    assert page.count('id="segment-1"') == 1
    assert "<i>where" not in page


def test_the_page_says_how_the_text_was_made(app: Flask) -> None:
    page = " ".join(_page(app, _transcript("One two.", "Three four.")).split())

    for text in (
        "base, openai-whisper 1",
        "in pieces of up to 20 seconds, the most likely word each time, up to 3 attempts if the text is poor",
        "Welsh (chosen by a person)",
        "1, with no room for 2 more",
        "Merthyr &lt;b&gt;Tydfil&lt;/b&gt;",
        "took 4 min for 20 s of sound",
        "ab" * 32,
        "The machine’s text is never changed",
    ):
        assert text in page


def test_the_page_says_which_languages_were_taken_and_where_that_is_doubtful(app: Flask) -> None:
    segments = [
        replace(segment, language=language, language_share=share)
        for segment, language, share in zip(
            make_transcripts.spoken_segments("One two.", "Three four."), ("la", "de"), (0.25, 0.95), strict=True
        )
    ]
    facts = ModelFacts("base", "ab" * 32, "openai-whisper 1", {"language": "detected"}, is_english_only=False)
    spoken = SpokenTranscript("la", 20.0, "base", tuple(segments))
    row = stored_transcripts.store_recognised(
        make_transcripts.recording(), spoken, RecognitionProvenance(facts, seconds_taken=4.0)
    )
    make_transcripts.add_suggestions(row, [None, None])
    db.session.commit()

    page = " ".join(_page(app, row).split())

    assert "Latin (detected by the machine, which was not sure), in parts German" in page
    assert "The machine took this for Latin, but was not sure of the language." in page
    assert [one.language for one in stored_transcripts.load_segments(row)] == ["la", "de"]


def test_speech_that_was_not_understood_is_shown_as_such(app: Flask) -> None:
    spoken = [
        *make_transcripts.spoken_segments("One two."),
        SpokenSegment(1, 10.0, 14.0, NOT_UNDERSTOOD, is_unclear=True, avg_logprob=-2.1),
    ]
    facts = ModelFacts("base", "ab" * 32, "openai-whisper 1", OPTIONS, is_english_only=False)
    row = stored_transcripts.store_recognised(
        make_transcripts.recording(),
        SpokenTranscript("en", 20.0, "base", tuple(spoken)),
        RecognitionProvenance(facts, seconds_taken=4.0),
    )
    make_transcripts.add_suggestions(row, [None, None])
    db.session.commit()

    page = _page(app, row)

    assert "[not understood]" in page
    assert "Somebody speaks here, but the machine did not understand it." in page
    assert [one.is_unclear for one in stored_transcripts.load_segments(row)] == [False, True]


def test_a_text_that_was_brought_in_without_sound_has_a_page_without_a_player(app: Flask) -> None:
    row = make_transcripts.transcript(None, "I waited.", "Then I was seen.")
    row.origin, row.source_format, row.recording_id = TranscriptOrigin.IMPORTED, "vtt", None
    row.options = {"times": "estimated"}
    db.session.commit()

    page = _page(app, row)

    assert "from a VTT file made elsewhere" in page
    assert "<audio" not in page
    assert "#t=" not in page
    assert "Then I was seen." in page


def test_a_long_transcript_asks_the_database_no_more_than_a_short_one(app: Flask) -> None:
    counts, call, ben = [], make_evidence.call(), make.staff("ben", Role.INTERVIEWER)
    for length in (3, 120):
        booking = make_transcripts.booking(call, ben, f"Dev {length}")
        sound = make_transcripts.tone_wav(pitch=100.0 + length)
        row = _transcript(
            *(f"This is sentence number {n}." for n in range(length)),
            of=make_transcripts.recording(booking.volunteer.contribution, sound),
        )
        client = sign_in_staff(app, make.staff(f"cara{length}", Role.REVIEWER).id)
        desk = f"/staff/desk/{row.contribution_id}"
        db.session.commit()
        db.session.expire_all()
        asked: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_: object, asked: list[str] = asked) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            page = client.get(desk).text
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        assert f"number {length - 1}." in page
        counts.append(sum(statement.startswith("SELECT") for statement in asked))

    assert counts[0] == counts[1]
    assert counts[0] < 40


def test_from_each_passage_a_link_leads_to_the_next_that_waits_for_a_decision(app: Flask) -> None:
    row = make_transcripts.transcript(None, "I run it.", "It rained.", "It cost nothing.", "It worked.")
    make_transcripts.add_suggestions(row, ["capacity", None, "cost", "worked"])
    first, _, cost, worked = row.passages
    cost.state = PassageState.ACCEPTED
    db.session.commit()

    shown = transcript_view.build_transcript_view(row)
    following = [shown.find_next_open(one) for one in shown.passages]

    assert [one.passage if one else None for one in following] == [worked, worked, worked, first]
    assert f'action="/staff/passages/{first.id}/accept"' in _page(app, row)
