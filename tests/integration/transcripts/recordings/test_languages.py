"""The languages to choose from are those that Whisper's models know."""

import pytest
from whisper.tokenizer import LANGUAGES

from evidence import languages


def test_the_list_has_whisper_s_languages_and_no_other() -> None:
    assert languages.LANGUAGE_NAMES.keys() == LANGUAGES.keys()


def test_nothing_chosen_is_to_be_found_out() -> None:
    assert (languages.parse_language(""), languages.parse_language("cy")) == (None, "cy")


@pytest.mark.parametrize("code", ["xx", "EN", "en; DROP TABLE upload", "<script>"])
def test_what_is_not_on_the_list_is_refused(code: str) -> None:
    with pytest.raises(languages.UnknownLanguageError):
        languages.parse_language(code)
