"""Transcripts in Word files: turns, tables, tracked changes."""

from tests.support.make_word_files import (
    document_with_body,
    paragraph_xml,
    table_document,
    teams_document,
)
from transcripts.importing import ImportedTranscript, read_transcript
from transcripts.kinds.closed_sets import TimePrecision

TURNS = [
    ("Ann Example", "0:03", "What worked best?"),
    ("Bob Sample", "0:08", "Sending a nurse to each village hall."),
    ("Ann Example", "1:02", "Did it last?"),
]


def rows(transcript: ImportedTranscript) -> list[tuple[float, str | None, str]]:
    return [(segment.start, segment.speaker, segment.text) for segment in transcript.spoken.segments]


def expected() -> list[tuple[float, str | None, str]]:
    starts = [3.0, 8.0, 62.0]
    return [
        (start, "B" if turn[0].startswith("Bob") else "A", turn[2]) for start, turn in zip(starts, TURNS, strict=True)
    ]


def test_teams_word_file_is_read_by_its_turns() -> None:
    transcript = read_transcript(teams_document(TURNS))

    assert rows(transcript) == expected()
    assert (transcript.format, transcript.times) == ("docx", TimePrecision.TURNS)


def test_a_table_is_read_by_its_rows() -> None:
    table = [("Time", "Speaker", "Text"), *((time, name, text) for name, time, text in TURNS)]

    assert rows(read_transcript(table_document(table))) == expected()


def test_a_table_of_speakers_and_words_has_no_times() -> None:
    transcript = read_transcript(table_document([(name, text) for name, _, text in TURNS]))

    assert transcript.times is TimePrecision.ESTIMATED
    assert [(speaker, text) for _, speaker, text in rows(transcript)] == [(s, t) for _, s, t in expected()]


def test_what_was_added_later_is_read_and_what_was_deleted_is_not() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:sdt><w:sdtContent>{paragraph_xml('It was long.')}</w:sdtContent></w:sdt>"
        f"<w:p><w:ins>{run.format('It was ')}</w:ins><w:del><w:r><w:delText>not </w:delText></w:r></w:del>"
        f"{run.format('fair.')}</w:p>"
    )

    transcript = read_transcript(document_with_body(body))

    assert " ".join(text for *_, text in rows(transcript)) == "It was long. It was fair."
