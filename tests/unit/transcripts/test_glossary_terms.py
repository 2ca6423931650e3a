"""Which terms of a glossary are put to the model for a window. Pure."""

import pytest

from transcripts.recognition.glossary import MAX_TERMS_PER_WINDOW, contains_term, select_terms

TERMS = ("Healthwatch", "physiotherapy", "Sunderland Royal", "amitriptyline", "GP", "Freeman Hospital")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I went to Health Watch about it.", ()),  # written already, as two words
        ("I went to Helfwatch about it.", ("Healthwatch",)),
        ("They gave me ammy trip to lean for the pain.", ("amitriptyline",)),
        ("The physio therapist and Sunderlund Royale were good.", ("Sunderland Royal", "physiotherapy")),
        ("We waited for a year and nobody told us why.", ()),
        ("", ()),
    ],
)
def test_a_window_gets_the_terms_that_its_text_comes_close_to(text: str, expected: tuple[str, ...]) -> None:
    assert set(select_terms(TERMS, text)) == set(expected)


def test_a_window_gets_only_a_few_terms_the_likeliest_first() -> None:
    terms = [f"Cumbria{letter}" for letter in "abcdefghijk"] + ["Cumbrias"]

    chosen = select_terms(terms, "We live in Cumbriass now.")

    assert len(chosen) == MAX_TERMS_PER_WINDOW
    assert chosen[0] == "Cumbrias"


def test_a_term_is_found_however_it_is_written() -> None:
    assert contains_term(["Healthwatch"], "I asked health-watch.")
    assert not contains_term(["Healthwatch"], "I asked Helfwatch.")
