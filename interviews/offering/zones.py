"""Clocks that a volunteer may choose. Whose clocks a time is shown on stands in wording.py. Pure."""

from functools import cache
from zoneinfo import available_timezones

OFTEN = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Paris",
    "Europe/Athens",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Karachi",
    "Africa/Lagos",
    "Australia/Sydney",
)
REGIONS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@cache
def all_zones() -> tuple[str, ...]:
    """Those that are named after a place, in order of the place: what people look for first."""
    named = [zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS]
    return tuple(sorted(named, key=zone_title))


def is_zone(text: str) -> bool:
    return text in all_zones() or text in OFTEN


def zone_title(zone: str) -> str:
    """ "America/New_York" as it stands in a list: “New York (America)”, so that typing its name finds it."""
    *regions, place = zone.replace("_", " ").split("/")
    return f"{place} ({', '.join(regions)})" if regions else place


def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of choices, each choice a value and its words."""
    often = [(zone, zone_title(zone)) for zone in OFTEN]
    others = [(zone, zone_title(zone)) for zone in all_zones()]
    return [("Often chosen", often), ("All others, by name", [one for one in others if one not in often])]
