"""Read transcripts in plain text: Otter, Teams, Zoom, Word, NVivo, MAXQDA, f4, “Name: text”, or text alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from transcripts.importing.caption_files import read_timed_text
from transcripts.importing.captions import has_cues
from transcripts.importing.corrections import NO_CORRECTIONS, Corrections, DoubtfulLabel, LeftOutLine
from transcripts.importing.end_times import read_end_times
from transcripts.importing.name_lines import NameLines, find_name_lines
from transcripts.importing.speaker_labels import SpeakerLabels, find_labels
from transcripts.importing.speaker_names import unwrap_name
from transcripts.importing.text_lines import TextLine, split_at_inline_times, split_lines, write_durations_as_times
from transcripts.importing.timed_turns import split_timed_turns
from transcripts.importing.tool_lines import find_tool_lines, is_heading
from transcripts.importing.transcript_lines import ImportedTranscript, build_transcript
from transcripts.importing.turn_patterns import find_headers
from transcripts.importing.turns import TextTurn

SENTENCE_ENDS = '.!?…:。！？"”’)'
MIN_CLOCK_SECONDS = 3 * 3600.0  # a file whose first time is later than this gives times of day


def read_text(text: str, format_name: str = "txt", corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    if has_cues(text):
        return read_timed_text(text, format_name, corrections)
    return _TextReader(split_lines(text), format_name, corrections).read()


class _TextReader:
    def __init__(self, lines: Sequence[TextLine], format_name: str, corrections: Corrections) -> None:
        self.format_name, self.corrections = format_name, corrections
        dropped = find_tool_lines(lines, corrections)
        self.left_out = [LeftOutLine(line.text) for number, line in enumerate(lines) if number in dropped]
        self.lines = [line for number, line in enumerate(lines) if number not in dropped]

    def read(self) -> ImportedTranscript:
        if ended := read_end_times(self.lines, self.corrections):
            return self._build(ended.turns, ended.doubtful, is_by_turns=True)
        timed_lines = split_at_inline_times(write_durations_as_times(self.lines))
        if headers := find_headers(timed_lines, self.corrections):
            timed = split_timed_turns(timed_lines, headers, self.corrections)
            self.left_out += timed.left_out
            return self._build(timed.turns, timed.doubtful)
        labels = find_labels((line.text for line in self.lines), self.corrections)
        if labels.names:
            return self._build(list(_split_labelled_turns(self.lines, labels)), labels.doubtful)
        above = find_name_lines(self.lines, self.corrections)
        doubtful = (*labels.doubtful, *above.doubtful)
        turns = _split_turns_below(self.lines, above) if above.names else list(_join_paragraphs(self.lines))
        return self._build(turns, doubtful, has_heading=bool(above.names))

    def _build(
        self,
        turns: list[TextTurn],
        doubtful: tuple[DoubtfulLabel, ...],
        *,
        is_by_turns: bool = False,
        has_heading: bool = True,
    ) -> ImportedTranscript:
        heading, turns = self._split_heading(turns) if has_heading else ([], turns)
        turns, is_clock_time = _count_from_first(turns)
        read = build_transcript(
            [turn.to_utterance() for turn in turns],
            self.format_name,
            left_out=[*heading, *self.left_out],
            doubtful=doubtful,
            is_by_turns=is_by_turns,
            corrections=self.corrections,
        )
        return replace(read, is_clock_time=is_clock_time)

    def _split_heading(self, turns: list[TextTurn]) -> tuple[list[LeftOutLine], list[TextTurn]]:
        first, *rest = turns
        if first.name or first.start is not None or not rest or not is_heading(first.said):
            return [], turns
        restored = [line for line in first.said if line in self.corrections.restored]
        left_out = [LeftOutLine(line) for line in first.said if line not in self.corrections.restored]
        return left_out, [replace(first, said=restored), *rest] if restored else rest


def _split_labelled_turns(lines: Sequence[TextLine], labels: SpeakerLabels) -> Iterator[TextTurn]:
    turn = TextTurn(None, None)
    for line in lines:
        name, text = labels.split(line.text)
        if name is not None:
            yield turn
            turn = TextTurn(name, None)
        turn.said.append(text)
    yield turn


def _split_turns_below(lines: Sequence[TextLine], above: NameLines) -> list[TextTurn]:
    turns = [TextTurn(None, None)]
    for line in lines:
        if line.text in above.names:
            turns.append(TextTurn(unwrap_name(line.text), None))
        else:
            turns[-1].said.append(line.text)
    return turns


def _join_paragraphs(lines: Sequence[TextLine]) -> Iterator[TextTurn]:
    joined: list[str] = []
    for line in lines:
        if joined and (line.is_after_blank or joined[-1][-1] in SENTENCE_ENDS):
            yield TextTurn(None, None, joined)
            joined = []
        joined.append(line.text)
    if joined:
        yield TextTurn(None, None, joined)


def _count_from_first(turns: list[TextTurn]) -> tuple[list[TextTurn], bool]:
    """Zoom's saved captions give times of day."""
    starts = [turn.start for turn in turns if turn.start is not None]
    if not starts or min(starts) < MIN_CLOCK_SECONDS:
        return turns, False
    first = starts[0]
    return [turn if turn.start is None else replace(turn, start=max(turn.start - first, 0.0)) for turn in turns], True
