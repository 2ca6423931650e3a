"""Times as they stand in files of transcripts, to seconds and back. Reads no lines."""

import re

CLOCK_PATTERN = r"(?:\d{1,3}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,3})?"  # hours may be missing; 1:02, 00:01:02.345, 0:0:1.18
CLOCK_PARTS = re.compile(r"(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+)(?:[.,](?P<fraction>\d+))?")


def parse_clock_time(time: str) -> float:
    """Seconds of a time that CLOCK matches; comma or point before the fraction."""
    found = CLOCK_PARTS.fullmatch(time.strip())
    if found is None:
        raise ValueError(f"“{time}” is not a time.")
    whole = int(found["hours"] or 0) * 3600 + int(found["minutes"]) * 60 + int(found["seconds"])
    return whole + (float(f"0.{found['fraction']}") if found["fraction"] else 0.0)


def format_clock_time(seconds: float) -> str:
    """For people: “0:01:02”."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
