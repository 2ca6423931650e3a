"""What one person says between two headings of a plain text."""

from dataclasses import dataclass, field

from transcripts.importing.corrections import DoubtfulLabel, LeftOutLine
from transcripts.importing.transcript_lines import Utterance


@dataclass(slots=True)
class TextTurn:
    name: str | None
    start: float | None
    said: list[str] = field(default_factory=list)
    end: float | None = None
    is_beside_time: bool = False  # its first line is in the line of the time

    def to_utterance(self) -> Utterance:
        return Utterance(" ".join(" ".join(self.said).split()), self.name, self.start, self.end)


@dataclass(frozen=True, slots=True)
class SplitText:
    turns: list[TextTurn]  # the first has what is above them all, and neither name nor time
    doubtful: tuple[DoubtfulLabel, ...] = ()
    left_out: tuple[LeftOutLine, ...] = ()
