"""Speaker error of guesses by voice: share of the named speech that has the wrong speaker, after the best assignment.

`python -m bench.speakers [--samples FOLDER] [--real FOLDER]`: interview-1.* and interview-2.* with their truth
(synthetic; samples/ by default), and real clips with clips.json (tests/data/real_speech by default).
Rows marked “chosen on” are of the people that were tuned on first; docs/decisions/0025-voices.md says how far the
others are held out.
"""

import argparse
from itertools import combinations
from pathlib import Path

from bench.support.labelled_speech import SpeechTurn
from bench.support.real_voices import make_real_talk, read_voices
from bench.support.two_speaker_talks import (
    SAMPLES,
    Samples,
    SpeakerMeasure,
    list_conditions,
    make_talks,
    measure,
)
from core.settings import PROJECT_ROOT
from tests.support.real_weights import require_voice_encoder

REAL_CLIPS = PROJECT_ROOT / "tests" / "data" / "real_speech"
CHOSEN_ON = {"sense", "lj001", "pico_test", "pico_test_es", "pico_test_fr", "jackhammer", "sample Sheila"}
CHOSEN_ON |= {"harvard12 first"}
QUIETER_DB = (0.0, 6.0, 12.0)
TALK_SECONDS = 45.0
MIN_VOICE_SECONDS = 8.0  # of different speech; less would be repeated too often


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--real", type=Path, default=REAL_CLIPS)
    options, encoder = parser.parse_args(), require_voice_encoder()
    print(f"{'talk':56}{'error':>8}{'unset':>8}{'confidence':>12}{'voices':>8}")
    _report_real(options.real, encoder)
    for talk in make_talks(options.samples):
        for condition, sound in list_conditions(talk):
            _report(f"synthetic {talk.name}, {condition}", measure(sound, talk.turns, encoder))


def _report_real(folder: Path, encoder: Path) -> None:
    voices = {name: clips for name, clips in read_voices(folder).items() if _count_seconds(clips) >= MIN_VOICE_SECONDS}
    for name, clips in voices.items():
        said, sound = _lay_out(clips, name)
        _report(f"one person: {name}", measure(sound, said, encoder))
    for seed, pair in enumerate(combinations(sorted(voices), 2)):
        talk = make_real_talk(voices, pair, TALK_SECONDS, seed=seed, quieter_db=QUIETER_DB[seed % len(QUIETER_DB)])
        mark = "chosen on: " if set(pair) <= CHOSEN_ON else "real: "
        _report(mark + talk.name, measure(talk.sound.sum(axis=1), talk.turns, encoder))


def _lay_out(clips: list[Samples], name: str) -> tuple[tuple[SpeechTurn, ...], Samples]:
    talk = make_real_talk({name: clips}, [name], _count_seconds(clips), seed=0)
    return talk.turns, talk.sound.sum(axis=1)


def _count_seconds(clips: list[Samples]) -> float:
    return sum(map(len, clips)) / 16_000


def _report(name: str, found: SpeakerMeasure) -> None:
    confidence = "not shown" if found.confidence is None else f"{found.confidence:.3f}"
    print(f"{name:56}{found.error:8.3f}{found.unset_share:8.3f}{confidence:>12}{found.voices:8}", flush=True)


if __name__ == "__main__":
    main()
