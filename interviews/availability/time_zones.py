"""Time zones that people can choose."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

COMMON_ZONES = (
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
REGION_TITLES = {
    "Africa": "Africa",
    "America": "America",
    "Asia": "Asia",
    "Australia": "Australia",
    "Europe": "Europe",
    "Atlantic": "Atlantic Ocean",
    "Indian": "Indian Ocean",
    "Pacific": "Pacific Ocean",
    "Arctic": "Arctic",
    "Antarctica": "Antarctica",
}
UNLISTED_REGIONS = {"Antarctica"}  # research stations; links and earlier choices of them still work


@cache
def list_zones() -> tuple[str, ...]:
    """Only canonical names; is_known_zone also accepts older ones, such as Asia/Calcutta."""
    rows = [row.split("\t") for row in _read_zone_table().splitlines() if not row.startswith("#")]
    named = {row[2] for row in rows if _get_region(row[2]) not in UNLISTED_REGIONS}
    return tuple(sorted(named & available_timezones(), key=format_zone_title))


def _read_zone_table() -> str:
    for folder in TZPATH:
        if (path := Path(folder, "zone.tab")).is_file():
            return path.read_text(encoding="utf-8")
    return files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")


def _get_region(zone: str) -> str:
    return zone.partition("/")[0]


@cache
def _get_known_zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if _get_region(zone) in REGION_TITLES)


def is_known_zone(text: str) -> bool:
    return text in _get_known_zones()


def format_zone_title(zone: str) -> str:
    *regions, city = zone.replace("_", " ").split("/")
    return f"{city} ({', '.join(regions)})" if regions else city


@cache
def list_zone_choices() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    others = [zone for zone in list_zones() if zone not in COMMON_ZONES]
    groups = [
        (title, [zone for zone in others if _get_region(zone) == region]) for region, title in REGION_TITLES.items()
    ]
    common = ("Common time zones", list(COMMON_ZONES))
    return tuple(
        (title, tuple((zone, format_zone_title(zone)) for zone in zones)) for title, zones in (common, *groups) if zones
    )
