"""The times of a segment's words, as the desk's script reads them. Pure."""

import re

from transcripts.text.spoken import SpokenSegment

WORD = re.compile(r"\S+")
WordTimes = list[list[float]]  # for each word as a reader counts them: start, end, 1 if measured, else 0


def list_times(segment: SpokenSegment) -> WordTimes:
    """Empty where the words of a segment are not those of its text."""
    times: WordTimes = []
    for word in segment.words:
        for number, _ in enumerate(WORD.findall(word.word)):
            if number == 0 and times and not word.word[:1].isspace():
                times[-1][1] = round(word.end, 2)  # the rest of a word that the machine cut in two
            else:
                times.append([round(word.start, 2), round(word.end, 2), int(word.is_measured)])
    return times if len(times) == len(segment.text.split()) else []
