"""Read one transcript file inside limits. Run by limited_reading.py as `python -m transcripts.importing.reading_child`.

Standard input: a line of JSON, then the file. Standard output: JSON.
"""

import json
import sys

from core.process_limits import limit_resources
from transcripts.importing.format_detection import read_transcript
from transcripts.importing.refusals import TOO_HEAVY, NotATranscriptError
from transcripts.importing.transfer_json import build_answer, build_refusal, parse_corrections


def main() -> None:
    header = json.loads(sys.stdin.buffer.readline())
    limit_resources(header["memory_bytes"], header["cpu_seconds"])
    try:
        answer = build_answer(read_transcript(sys.stdin.buffer.read(), parse_corrections(header)))
    except NotATranscriptError as error:
        answer = build_refusal(error)
    except (MemoryError, RecursionError):
        answer = build_refusal(NotATranscriptError(TOO_HEAVY))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
