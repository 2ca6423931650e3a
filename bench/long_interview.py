"""Seconds and memory to map an interview of two hours, in addition to the loaded model: python -m bench.long_interview

The interview has 2,000 segments, each with its own text, so that no embedding is cached. Accuracy is measured by
bench/mapping.py. On a busy machine, processor seconds are more reliable.
"""

import argparse
import os
import time
from pathlib import Path

from bench.support.labelled_interviews import (
    OWN_DATA,
    LabelledInterview,
    LabelledMaterial,
    list_other_interviews,
    make_markers,
    read_material,
)
from bench.support.stored_vectors import load_measured_model
from bench.support.stretched_interview import SECONDS, SEGMENT_COUNT, make_long_interview
from transcripts.mapping import map_speech
from transcripts.mapping.model_names import LARGE_MODEL, SMALL_MODEL

SETTINGS = ("cold", "written", "reviewed", "markers")
MAX_SECONDS = {SMALL_MODEL: 30.0, LARGE_MODEL: 180.0}
MAX_MEGABYTES = 1000.0
STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=SEGMENT_COUNT)
    parser.add_argument("--settings", nargs="+", default=SETTINGS, choices=SETTINGS)
    parser.add_argument("--model", help="“small”, or a model's folder; default: the larger one if it is installed")
    options = parser.parse_args()
    material = read_material(OWN_DATA)
    interview = make_long_interview(material, options.segments)
    questions = len(list(interview.schedule.iter_questions()))
    print(
        f"{len(interview.segments)} segments, {SECONDS / 3600:.0f} hours, {questions} questions, {_count_cores()} cores"
    )
    print(f"{'setting':<12} {'seconds':>8} {'of processor':>13} {'MB beyond the model':>20}")
    max_seconds = MAX_SECONDS.get(load_measured_model(options.model, None).model_name, MAX_SECONDS[SMALL_MODEL])
    for setting in options.settings:
        seconds, processor, megabytes = _map_setting(setting, interview, material, options.model)
        over = "  over" if seconds > max_seconds or megabytes > MAX_MEGABYTES else ""
        print(f"{setting:<12} {seconds:>8.1f} {processor:>13.1f} {megabytes:>20.0f}{over}", flush=True)


def _map_setting(
    setting: str, interview: LabelledInterview, material: LabelledMaterial, model: str | None
) -> tuple[float, float, float]:
    similarity = load_measured_model(model, None)
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
    """Peak memory so far; `reset`: counted from now on. Linux only."""
    if reset:
        CLEAR_REFS.write_text("5")
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _count_cores() -> int:
    return len(os.sched_getaffinity(0))


if __name__ == "__main__":
    main()
