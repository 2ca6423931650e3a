"""The uses that consent is asked for."""

from evidence.consent_terms import SPOKEN_ONLY_USES, ConsentUse


def test_people_who_write_are_not_asked_about_recordings() -> None:
    assert {ConsentUse.RECORD, ConsentUse.TRANSCRIBE} == SPOKEN_ONLY_USES
