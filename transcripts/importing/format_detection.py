"""Choose the reader of a file by its content, not its name."""

import re
from collections.abc import Callable
from dataclasses import replace

from transcripts.importing.caption_files import read_srt, read_vtt
from transcripts.importing.captions import has_cues
from transcripts.importing.corrections import NO_CORRECTIONS, Corrections
from transcripts.importing.json_files import read_json
from transcripts.importing.plain_text import read_text
from transcripts.importing.refusals import EMPTY, OTHER_FILES, WEB_PAGE, NotATranscriptError
from transcripts.importing.table_files import TABLE_HEAD, read_table
from transcripts.importing.text_encoding import decode_text
from transcripts.importing.transcript_lines import ImportedTranscript
from transcripts.recognition.hallucinations import mark_loops

MAX_BYTES = 10 * 1024 * 1024  # a day of talk as WebVTT is about 5 MiB
FORMATS = {"vtt": "WebVTT", "srt": "SRT", "docx": "Word", "txt": "plain text", "json": "JSON"}
ZIP_MAGIC = b"PK\x03\x04"
JSON_START = re.compile(r"\{|\[\s*(?:\{|\])")


def read_transcript(content: bytes, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    """Raises NotATranscriptError with a message that says what to do."""
    if not content.strip():
        raise NotATranscriptError(EMPTY)
    for beginning, message in OTHER_FILES.items():
        if content.startswith(beginning):
            raise NotATranscriptError(message)
    if content.startswith(ZIP_MAGIC):
        return _mark_loops(_load_word_reader()(content, corrections))
    text = decode_text(content)
    return _mark_loops(_choose_reader(text)(text, corrections))


def _load_word_reader() -> Callable[[bytes, Corrections], ImportedTranscript]:
    """Its libraries are loaded for Word files only: they take longer than most files."""
    from transcripts.importing.docx_files import read_word_file

    return read_word_file


def _mark_loops(read: ImportedTranscript) -> ImportedTranscript:
    """Other people's recognisers repeat themselves as ours does."""
    return replace(read, spoken=replace(read.spoken, segments=mark_loops(read.spoken.segments)))


def _choose_reader(text: str) -> Callable[[str, Corrections], ImportedTranscript]:
    start = text.lstrip()[:200].lower()
    if start.startswith("webvtt"):
        return read_vtt
    if JSON_START.match(start):
        return read_json
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise NotATranscriptError(WEB_PAGE)
    if TABLE_HEAD.match(start):
        return read_table
    is_numbered = start.split("\n")[0].strip().isdigit()
    return read_srt if is_numbered and has_cues(text) else lambda text, corrections: read_text(text, "txt", corrections)
