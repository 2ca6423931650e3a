"""Which kind of transcript a file is, by what it holds and not by what it is called, and the way to its reader."""

from collections.abc import Callable

from transcripts.importing.cue_files import read_srt, read_vtt
from transcripts.importing.cues import has_cues
from transcripts.importing.file_text import text_of
from transcripts.importing.json_files import read_json
from transcripts.importing.plain_text import read_text
from transcripts.importing.refusals import EMPTY, OTHER_FILES, WEB_PAGE, NotATranscriptError
from transcripts.importing.transcripts import ReadTranscript
from transcripts.importing.word_files import read_word_file

MOST_BYTES = 10 * 1024 * 1024  # a day of talk as WebVTT is about 5 MiB
FORMATS = {"vtt": "WebVTT", "srt": "SRT", "docx": "Word", "txt": "plain text", "json": "JSON"}
PACKED = b"PK\x03\x04"


def read_transcript(content: bytes) -> ReadTranscript:
    """Raises NotATranscriptError in words that say what to do."""
    if not content.strip():
        raise NotATranscriptError(EMPTY)
    for beginning, words in OTHER_FILES.items():
        if content.startswith(beginning):
            raise NotATranscriptError(words)
    if content.startswith(PACKED):
        return read_word_file(content)
    text = text_of(content)
    return _reader(text)(text)


def _reader(text: str) -> Callable[[str], ReadTranscript]:
    start = text.lstrip()[:200].lower()
    if start.startswith("webvtt"):
        return read_vtt
    if start.startswith(("{", "[{")):
        return read_json
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise NotATranscriptError(WEB_PAGE)
    is_numbered = start.split("\n")[0].strip().isdigit()
    return read_srt if is_numbered and has_cues(text) else read_text
