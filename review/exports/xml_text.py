"""Characters that every format can have. Pure."""

import re

from core.text_cleaning import clean_text

NOT_IN_XML = re.compile("[\ufffe\uffff]")  # XML 1.0 §2.2; clean_text removes the others


def clean_for_files(text: str) -> str:
    """Line breaks are LF; control characters, which neither XML nor spreadsheets have, are left out."""
    return NOT_IN_XML.sub("", clean_text(text))
