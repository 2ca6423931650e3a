"""A labelled interview of two hours, put together from the short ones in tests/data/mapping."""

from itertools import cycle

from bench.support.labelled_interviews import (
    LabelledInterview,
    LabelledMaterial,
)
from evidence.schedule import Schedule
from transcripts.text.spoken import SpokenSegment, SpokenWord

SEGMENT_COUNT, SECONDS, QUESTION_COUNT = 2000, 7200.0, 12


def make_long_interview(material: LabelledMaterial, count: int = SEGMENT_COUNT) -> LabelledInterview:
    """The question order of the first invented interview, stretched; the text comes from all of them in turn."""
    invented = material.list_kind("invented")
    course, schedule = invented[0].truth, _extend_schedule(invented[0].schedule, material)
    said = {
        key: cycle([s for item in invented for s, label in zip(item.segments, item.truth, strict=True) if label == key])
        for key in set(course)
    }
    truth = [course[number * len(course) // count] for number in range(count)]
    segments = tuple(_make_segment(number, next(said[key]), next(said[key]), count) for number, key in enumerate(truth))
    return LabelledInterview("two hours", "invented", segments, tuple(truth), schedule)


def _extend_schedule(schedule: Schedule, material: LabelledMaterial) -> Schedule:
    """With questions of the real interviews behind its own, up to QUESTION_COUNT."""
    first, *rest = material.list_kind("real")[0].schedule.sections
    missing = QUESTION_COUNT - len(list(schedule.iter_questions()))
    more = [question for section in (first, *rest) for question in section.questions][:missing]
    return Schedule(schedule.title, (*schedule.sections, type(first)("more", "More", tuple(more))))


def _make_segment(number: int, one: SpokenSegment, other: SpokenSegment, count: int) -> SpokenSegment:
    """The first half of one text and the second of another, with the segment's number: nobody has said it before."""
    step = SECONDS / count
    before, behind = one.text.split(), other.text.split()
    words = [*before[: len(before) // 2], *behind[len(behind) // 2 :], f"{number}."]
    each = step / len(words)
    spoken = tuple(
        SpokenWord(f" {word}", number * step + n * each, number * step + (n + 1) * each, 0.9)
        for n, word in enumerate(words)
    )
    return SpokenSegment(number, number * step, (number + 1) * step, " ".join(words), one.speaker, words=spoken)
