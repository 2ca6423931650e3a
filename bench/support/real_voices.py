"""Conversations put together from real recordings of single people, in turns, with the truth.

Two people never met, so nobody interrupts on purpose; levels, pauses, short turns and overlaps are drawn.
"""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.support.labelled_speech import SpeechTurn
from bench.support.two_speaker_talks import Samples, TwoChannelTalk
from transcripts.audio import decoder
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.speakers.loudness import BLOCK_SAMPLES, FRAME_SECONDS, estimate_speech_floor, measure_levels

OUR_CLIPS = Path(__file__).resolve().parents[2] / "tests" / "data" / "real_speech"
USUAL_LEVEL = 0.056  # root mean square, -25 dB
LONGEST_TURN_SECONDS = 6.0
SHORT_TURN_SECONDS = 0.4, 0.7
OVERLAP_SECONDS = 0.3, 0.8
SHARE_OF_SHORT_TURNS, SHARE_OF_OVERLAPS = 0.25, 0.1
SILENT_FRAMES = 5  # a quarter of a second ends an utterance
MIN_UTTERANCE_SECONDS = 0.4

Voices = Mapping[str, Sequence[Samples]]  # the utterances of each person


def read_voices(folder: Path) -> dict[str, list[Samples]]:
    """By person: the name of the clip, with the turn's speaker where a clip has several."""
    clips = _read_clips(folder) | _read_clips(OUR_CLIPS)  # ours also say who speaks when in harvard12
    voices: dict[str, list[Samples]] = {}
    for path in sorted(folder.glob("*.flac")):
        sound, clip = decoder.decode(path), clips[path.stem]
        for turn in read_turns(clip, len(sound) / SAMPLE_RATE):
            person = f"{path.stem} {turn.speaker}".strip()
            voices.setdefault(person, []).extend(_cut_utterances(_slice(sound, turn.start, turn.end)))
    return voices


def _read_clips(folder: Path) -> dict[str, dict[str, Any]]:
    clips: dict[str, dict[str, Any]] = json.loads((folder / "clips.json").read_text(encoding="utf-8"))
    return clips


def read_turns(clip: Mapping[str, object], seconds: float) -> list[SpeechTurn]:
    turns = clip.get("turns")
    if not isinstance(turns, list):
        return [SpeechTurn(0.0, seconds, "")]
    return [SpeechTurn(turn["start"], turn["end"], turn["speaker"]) for turn in turns]


def make_real_talk(
    voices: Voices, people: Sequence[str], seconds: float, *, seed: int, quieter_db: float = 0.0
) -> TwoChannelTalk:
    """The second person is quieter by so much. A person's utterances are repeated when they run out."""
    draw = random.Random(seed)
    sound = np.zeros((round((seconds + 3 * LONGEST_TURN_SECONDS) * SAMPLE_RATE), 2), np.float32)
    said: list[SpeechTurn] = []
    at, position = 0.4, dict.fromkeys(people, 0)
    while at < seconds:
        person = people[len(said) % len(people)]
        clip = voices[person][position[person] % len(voices[person])]
        position[person] += 1
        clip = _choose_part(clip, draw, is_short=bool(said) and draw.random() < SHARE_OF_SHORT_TURNS)
        start = _choose_start(at, said, draw)
        first = round(start * SAMPLE_RATE)
        level = USUAL_LEVEL / (float(np.sqrt(np.mean(np.square(clip)))) + 1e-9)
        side = people.index(person) % 2
        sound[first : first + len(clip), side] += clip * level * (10 ** (-quieter_db / 20) if side else 1.0)
        said.append(SpeechTurn(start, start + len(clip) / SAMPLE_RATE, person))
        at = max(at, said[-1].end)
    return TwoChannelTalk(" with ".join(people), sound[: round((at + 0.5) * SAMPLE_RATE)], tuple(said))


def _choose_part(clip: Samples, draw: random.Random, *, is_short: bool) -> Samples:
    longest = round((draw.uniform(*SHORT_TURN_SECONDS) if is_short else LONGEST_TURN_SECONDS) * SAMPLE_RATE)
    first = draw.randrange(max(1, len(clip) - longest)) if is_short else 0
    return clip[first : first + longest]


def _choose_start(at: float, said: Sequence[SpeechTurn], draw: random.Random) -> float:
    if said and draw.random() < SHARE_OF_OVERLAPS:
        return max(said[-1].start + 0.2, at - draw.uniform(*OVERLAP_SECONDS))
    return at + draw.uniform(0.05, 0.8)


def _cut_utterances(sound: Samples) -> list[Samples]:
    levels = measure_levels(sound[start : start + BLOCK_SAMPLES] for start in range(0, len(sound), BLOCK_SAMPLES))
    loud = np.flatnonzero(levels > estimate_speech_floor(levels))
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > SILENT_FRAMES) + 1) if len(loud) else []
    spans = [(group[0] * FRAME_SECONDS, (group[-1] + 1) * FRAME_SECONDS) for group in groups]
    return [_slice(sound, start, end) for start, end in spans if end - start >= MIN_UTTERANCE_SECONDS]


def _slice(sound: Samples, start: float, end: float) -> Samples:
    return sound[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
