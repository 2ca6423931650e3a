"""Seconds and memory to map an interview of two hours, beside the loaded model: python -m bench.long_interview

The interview is put together from the labelled ones in tests/data/mapping: 2,000 segments, each with a text of its own,
so that nothing is remembered from an earlier one. How right the mapping is says bench/mapping.py. On a machine that is
busy with other things, the seconds of the processor tell more.
"""

import argparse
import os
import time
from itertools import cycle
from pathlib import Path

from bench.support.labelled_interviews import (
    OWN_DATA,
    LabelledInterview,
    LabelledMaterial,
    list_other_interviews,
    make_markers,
    read_material,
)
from evidence.schedule import Schedule
from transcripts.mapping import map_speech
from transcripts.mapping.similarity import load_similarity
from transcripts.text.spoken import SpokenSegment, SpokenWord

SEGMENTS, SECONDS, QUESTIONS = 2000, 7200.0, 12
SETTINGS = ("cold", "written", "reviewed", "markers")
MAX_SECONDS, MAX_MEGABYTES = 30.0, 1000.0
STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=SEGMENTS)
    parser.add_argument("--settings", nargs="+", default=SETTINGS, choices=SETTINGS)
    options = parser.parse_args()
    material = read_material(OWN_DATA)
    interview = make_long_interview(material, options.segments)
    questions = len(list(interview.schedule.iter_questions()))
    print(
        f"{len(interview.segments)} segments, {SECONDS / 3600:.0f} hours, {questions} questions, {_count_cores()} cores"
    )
    print(f"{'setting':<12} {'seconds':>8} {'of processor':>13} {'MB beyond the model':>20}")
    for setting in options.settings:
        seconds, processor, megabytes = _map_setting(setting, interview, material)
        over = "  over" if seconds > MAX_SECONDS or megabytes > MAX_MEGABYTES else ""
        print(f"{setting:<12} {seconds:>8.1f} {processor:>13.1f} {megabytes:>20.0f}{over}", flush=True)


def make_long_interview(material: LabelledMaterial, count: int = SEGMENTS) -> LabelledInterview:
    """The course of the first invented interview, stretched; what is said comes from all of them in turn."""
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
    """With questions of the real interviews behind its own, so that there are QUESTIONS."""
    first, *rest = material.list_kind("real")[0].schedule.sections
    missing = QUESTIONS - len(list(schedule.iter_questions()))
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


def _map_setting(setting: str, interview: LabelledInterview, material: LabelledMaterial) -> tuple[float, float, float]:
    similarity = load_similarity()
    similarity.embed(["Loaded and warm."])
    before = _read_peak_megabytes(reset=True)
    began, worked = time.perf_counter(), time.process_time()
    map_speech(
        interview.segments,
        interview.schedule,
        similarity=similarity,
        written=material.list_kind("invented")[0].written if setting == "written" else (),
        reviewed=list_other_interviews(interview, material) if setting == "reviewed" else (),
        markers=make_markers(interview) if setting == "markers" else (),
    )
    return time.perf_counter() - began, time.process_time() - worked, _read_peak_megabytes() - before


def _read_peak_megabytes(*, reset: bool = False) -> float:
    """The most memory held so far; `anew`: counted from now on. Linux only."""
    if reset:
        CLEAR_REFS.write_text("5")
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _count_cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
