"""Mails with an answer of somebody's calendar, as text. Asserts nothing."""

from pathlib import Path

REPLIES = Path(__file__).resolve().parents[1] / "data" / "replies"
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:COUNTER
BEGIN:VTIMEZONE
TZID:Nowhere
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T010000
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTHDAY=25,26,27,28,29,30,31;BYDAY=SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one@listening-post.example
ATTENDEE;PARTSTAT=TENTATIVE:mailto:dev@home.example
{lines}
END:VEVENT
END:VCALENDAR
"""


def counter(*lines: str) -> bytes:
    """A mail with a COUNTER that holds these lines."""
    headers = "From: dev@home.example\nContent-Type: text/calendar; charset=utf-8\n\n"
    return (headers + CALENDAR.format(lines="\n".join(lines))).encode()
