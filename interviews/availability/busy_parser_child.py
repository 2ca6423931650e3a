"""Parse one calendar within limits. Run by busy_parser_process.py with `python -m`; never imported.

Its command line is one JSON object, standard input the calendar, standard output the answer as JSON.
"""

import json
import sys
from datetime import datetime

from core.process_limits import limit_resources
from interviews.availability.busy_parser import CalendarNotReadableError, parse_busy_times
from interviews.availability.intervals import Interval


def main() -> None:
    request = json.loads(sys.argv[1])
    limit_resources(request["memory_bytes"], request["cpu_seconds"])
    window = Interval(*(datetime.fromisoformat(moment) for moment in request["window"]))
    content = sys.stdin.buffer.read()
    sys.stdout.write(json.dumps(build_answer(content, window, request)))


def build_answer(content: bytes, window: Interval, request: dict[str, str]) -> dict[str, object]:
    try:
        parsed = parse_busy_times(content, window, zone=request["zone"], own_host=request["own_host"])
    except CalendarNotReadableError as error:
        return {"refusal": str(error)}
    busy = [[interval.starts_at.isoformat(), interval.ends_at.isoformat()] for interval in parsed.busy]
    return {
        "busy": busy,
        "has_unknown_zones": parsed.has_unknown_zones,
        "unreadable_parts": parsed.unreadable_parts,
    }


if __name__ == "__main__":
    main()
