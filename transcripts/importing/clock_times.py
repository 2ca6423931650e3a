"""Times as files of transcripts write them, to seconds and back."""

import re

CLOCK_PATTERN = r"(?:\d{1,3}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,3})?"  # hours may be missing; 1:02, 00:01:02.345, 0:0:1.18
CLOCK_PARTS = re.compile(r"(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+)(?:[.,](?P<fraction>\d+))?")
DURATION_PATTERN = (  # Teams: “1 hour 2 minutes 7 seconds”
    r"(?:\d{1,2}\s+hours?)?(?:\s*\d{1,2}\s+minutes?)?(?:\s*\d{1,2}\s+seconds?)?(?<=[sred])"
)
DURATION_PART = re.compile(r"(\d+)\s+(hour|minute|second)")
UNIT_SECONDS = {"hour": 3600, "minute": 60, "second": 1}


def parse_clock_time(time: str) -> float:
    """Seconds of a time that CLOCK_PATTERN matches, with a comma or point before the fraction, or of “3.20s”."""
    if time.endswith("s"):
        return float(time[:-1])
    match = CLOCK_PARTS.fullmatch(time.strip())
    if match is None:
        raise ValueError(f"“{time}” is not a time.")
    whole = int(match["hours"] or 0) * 3600 + int(match["minutes"]) * 60 + int(match["seconds"])
    return whole + (float(f"0.{match['fraction']}") if match["fraction"] else 0.0)


def parse_duration(text: str) -> float:
    return float(sum(int(number) * UNIT_SECONDS[unit] for number, unit in DURATION_PART.findall(text)))


def format_clock_time(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
