"""Read tables with tabs: Whisper's .tsv, in whole milliseconds."""

import re

from transcripts.importing.corrections import NO_CORRECTIONS, Corrections
from transcripts.importing.refusals import NO_TABLE, NotATranscriptError
from transcripts.importing.transcript_lines import ImportedTranscript, Utterance, build_transcript

TABLE_HEAD = re.compile(r"start\tend\ttext[ \t]*\n")
MILLISECONDS = 1000.0


def read_table(text: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    rows = [line.split("\t", 2) for line in text.strip().split("\n")[1:] if line.strip()]
    try:
        said = [Utterance(words.strip(), None, int(a) / MILLISECONDS, int(b) / MILLISECONDS) for a, b, words in rows]
    except ValueError as error:
        raise NotATranscriptError(NO_TABLE) from error
    return build_transcript(said, "txt", corrections=corrections)
