"""The uses that consent is asked for."""

from evidence.consent_terms import SPOKEN_ONLY, Use


def test_people_who_write_are_not_asked_about_recordings() -> None:
    assert {Use.RECORD, Use.TRANSCRIBE} == SPOKEN_ONLY
