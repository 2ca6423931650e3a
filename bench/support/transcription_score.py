"""Word errors after Whisper's own normaliser: python -m bench.support.transcription_score SAID.json HEARD.json"""

import json
import sys
from pathlib import Path

import jiwer
from whisper.normalizers import EnglishTextNormalizer


def read_text(path: Path) -> str:
    data = json.loads(path.read_text())
    if "segments" in data:
        return " ".join(segment["text"] for segment in data["segments"])
    return str(data["text"])


def main() -> None:
    normal = EnglishTextNormalizer()
    said, heard = (normal(read_text(Path(argument))) for argument in sys.argv[1:3])
    found = jiwer.process_words(said, heard)
    print(
        json.dumps(
            {
                "wer": found.wer,
                "inserted": found.insertions,
                "deleted": found.deletions,
                "replaced": found.substitutions,
                "words": len(said.split()),
            }
        )
    )


if __name__ == "__main__":
    main()
