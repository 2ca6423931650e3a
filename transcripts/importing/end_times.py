"""Times at the end of paragraphs, as f4 and MAXQDA write them: “No. #00:00:47-2#”."""

import re
from collections.abc import Sequence
from itertools import pairwise

from transcripts.importing.clock_times import CLOCK_PATTERN, parse_clock_time
from transcripts.importing.corrections import Corrections
from transcripts.importing.speaker_labels import find_labels
from transcripts.importing.speaker_names import is_name_like
from transcripts.importing.text_lines import TextLine
from transcripts.importing.turns import SplitText, TextTurn

START_TIME = re.compile(rf"(?:#\s*{CLOCK_PATTERN}(?:-\d)?\s*#|[\[(]{CLOCK_PATTERN}[\])])\s*(?=\S)")
END_TIME = re.compile(
    rf"(?P<said>.*\S)\s*(?:#\s*(?P<marked>{CLOCK_PATTERN})(?:-(?P<tenth>\d))?\s*#|[\[(](?P<boxed>{CLOCK_PATTERN})[\])])"
)
MIN_SHARE = 0.5  # of the lines
MIN_ORDERED_SHARE = 0.9


def read_end_times(lines: Sequence[TextLine], corrections: Corrections) -> SplitText | None:
    matches = [_match_end_time(line.text) for line in lines]
    ends = [time for match in matches if match and (time := match[1]) is not None]
    ordered = sum(one <= other for one, other in pairwise(ends))
    if len(ends) < max(2, MIN_SHARE * len(lines)) or ordered < MIN_ORDERED_SHARE * (len(ends) - 1):
        return None
    said = [match or (line.text, None) for line, match in zip(lines, matches, strict=True)]
    labels = find_labels((text for text, _ in said), corrections)
    turns, name, start = [TextTurn(None, None)], None, 0.0
    for text, end in said:
        label, spoken = labels.split(text)
        name = label or name
        turns.append(TextTurn(name, start if turns[-1].end is not None or len(turns) == 1 else None, [spoken], end))
        start = end if end is not None else start
    return SplitText(turns, labels.doubtful)


def _match_end_time(line: str) -> tuple[str, float] | None:
    match = END_TIME.fullmatch(line)
    if match is None or is_name_like(match["said"].rstrip(":")):
        return None
    end = parse_clock_time(match["marked"] or match["boxed"]) + int(match["tenth"] or 0) / 10
    return START_TIME.sub("", match["said"], count=1) if START_TIME.match(match["said"]) else match["said"], end
