"""Speaker error of guesses by voice (share of speech time, best assignment) on the samples and mixes of them.

`python -m bench.speakers [folder]`: a folder with interview-1.* and interview-2.* and their truth; samples/ by default.
"""

import sys
from pathlib import Path

from bench.support.two_speaker_talks import SAMPLES, list_conditions, make_talks, measure
from transcripts.speakers.voice_clustering import MIN_SEPARATION


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    print(f"{'talk':16}{'condition':28}{'error':>8}{'separation':>12}  shown")
    for talk in make_talks(folder):
        for condition, sound in list_conditions(talk):
            error, separation = measure(sound, talk.turns)
            is_shown = "yes" if separation >= MIN_SEPARATION else "no"
            print(f"{talk.name:16}{condition:28}{error:8.3f}{separation:12.2f}  {is_shown}")


if __name__ == "__main__":
    main()
