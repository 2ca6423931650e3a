"""Which kind of transcript a file is, by what it holds and not by what it is called, and the way to its reader."""

from collections.abc import Callable

from transcripts.importing.caption_files import read_srt, read_vtt
from transcripts.importing.captions import has_cues
from transcripts.importing.docx_files import read_word_file
from transcripts.importing.json_files import read_json
from transcripts.importing.plain_text import read_text
from transcripts.importing.refusals import EMPTY, OTHER_FILES, WEB_PAGE, NotATranscriptError
from transcripts.importing.text_encoding import decode_text
from transcripts.importing.transcript_lines import ImportedTranscript

MAX_BYTES = 10 * 1024 * 1024  # a day of talk as WebVTT is about 5 MiB
FORMATS = {"vtt": "WebVTT", "srt": "SRT", "docx": "Word", "txt": "plain text", "json": "JSON"}
ZIP_MAGIC = b"PK\x03\x04"


def read_transcript(content: bytes) -> ImportedTranscript:
    """Raises NotATranscriptError in words that say what to do."""
    if not content.strip():
        raise NotATranscriptError(EMPTY)
    for beginning, words in OTHER_FILES.items():
        if content.startswith(beginning):
            raise NotATranscriptError(words)
    if content.startswith(ZIP_MAGIC):
        return read_word_file(content)
    text = decode_text(content)
    return _choose_reader(text)(text)


def _choose_reader(text: str) -> Callable[[str], ImportedTranscript]:
    start = text.lstrip()[:200].lower()
    if start.startswith("webvtt"):
        return read_vtt
    if start.startswith(("{", "[{")):
        return read_json
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise NotATranscriptError(WEB_PAGE)
    is_numbered = start.split("\n")[0].strip().isdigit()
    return read_srt if is_numbered and has_cues(text) else read_text
