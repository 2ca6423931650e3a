"""Messages that say why a file cannot be read as a transcript, and what to do."""

from core.errors import RuleError

EMPTY = "This file is empty. The copy was probably interrupted: please choose it again."
NO_WORDS = "This file has no words in it, only its headings or times."
UNREADABLE = (
    "The characters in this file cannot be read. Open it in the program that made it, save it as plain text in UTF-8,"
    " and choose it again."
)
NO_TEXT = "This is not a transcript. It may be a recording, a picture or another file without text."
OTHER_FILES = {  # by how the file begins
    b"%PDF": "This is a PDF. Please export the transcript as a Word file (.docx), as .vtt, .srt or .txt.",
    b"\xd0\xcf\x11\xe0": "This is a Word file of the old kind (.doc). Open it in Word and save it as .docx.",
    b"{\\rtf": "This is a rich text file (.rtf). Save it as a Word file (.docx) or as plain text, and choose it again.",
}
WEB_PAGE = "This is a web page, not a transcript. Please export the transcript from the tool that made it."
NO_WORD_FILE = "This is a packed file, but not a Word file. Please choose the transcript itself."
BROKEN_WORD_FILE = "This Word file is damaged. Open it in Word, save it again, and choose the new file."
TOO_LARGE_INSIDE = "This Word file is far too large for a transcript once it is unpacked, so it is not opened."
TOO_DEEP_INSIDE = (
    "This Word file has tables or boxes inside each other, far deeper than people write. Copy its text into a new Word"
    " file, and choose that."
)
TOO_HEAVY = (
    "It takes far too long, or far too much memory, to read this file, so we stopped. Copy its text into a new Word or"
    " text file, and choose that."
)
NO_JSON = "This file looks like JSON, but it is damaged or cut off."
NO_TABLE = "This table has a row without its times in milliseconds. It may be damaged or cut off."
TOO_MANY_WORDS = "This file has far more words than an interview has. Please choose the transcript of one interview."
TOO_MANY_SPEAKERS = "This file names more than {most} speakers. Please choose the transcript of one interview."
NO_TIME = "A time in this file is not possible: {time}."


class NotATranscriptError(RuleError): ...
