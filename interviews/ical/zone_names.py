"""Names that calendars use for time zones, and their zones in the tz database. Pure tables and look-ups.

Only names that mean exactly one zone are listed; others are not guessed.
"""

import re
from datetime import timedelta, timezone
from functools import cache
from html import unescape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

NON_GEOGRAPHIC_KEYS = frozenset({"localtime", "Factory", "posixrules"})  # settings of a machine, or nothing
FIXED_OFFSET_NAME = re.compile(r"gmt ([+-](\d\d)(\d\d)) \(standard\) / gmt \1 \(daylight\)")
PATH_SEGMENT_COUNTS = (3, 2, 1)  # America/Argentina/Buenos_Aires, Europe/London, UTC
# What Outlook and Exchange show people, without the offset in brackets before it.
WINDOWS_DISPLAY_NAMES = {
    "coordinated universal time": "UTC",
    "greenwich mean time : dublin, edinburgh, lisbon, london": "GMT Standard Time",
    "dublin, edinburgh, lisbon, london": "GMT Standard Time",
    "monrovia, reykjavik": "Greenwich Standard Time",
    "amsterdam, berlin, bern, rome, stockholm, vienna": "W. Europe Standard Time",
    "belgrade, bratislava, budapest, ljubljana, prague": "Central Europe Standard Time",
    "brussels, copenhagen, madrid, paris": "Romance Standard Time",
    "sarajevo, skopje, warsaw, zagreb": "Central European Standard Time",
    "west central africa": "W. Central Africa Standard Time",
    "athens, bucharest": "GTB Standard Time",
    "athens, bucharest, istanbul": "GTB Standard Time",
    "helsinki, kyiv, riga, sofia, tallinn, vilnius": "FLE Standard Time",
    "cairo": "Egypt Standard Time",
    "harare, pretoria": "South Africa Standard Time",
    "jerusalem": "Israel Standard Time",
    "istanbul": "Turkey Standard Time",
    "kuwait, riyadh": "Arab Standard Time",
    "baghdad": "Arabic Standard Time",
    "nairobi": "E. Africa Standard Time",
    "moscow, st. petersburg": "Russian Standard Time",
    "tehran": "Iran Standard Time",
    "abu dhabi, muscat": "Arabian Standard Time",
    "kabul": "Afghanistan Standard Time",
    "islamabad, karachi": "Pakistan Standard Time",
    "chennai, kolkata, mumbai, new delhi": "India Standard Time",
    "sri jayawardenepura": "Sri Lanka Standard Time",
    "kathmandu": "Nepal Standard Time",
    "dhaka": "Bangladesh Standard Time",
    "bangkok, hanoi, jakarta": "SE Asia Standard Time",
    "beijing, chongqing, hong kong, urumqi": "China Standard Time",
    "kuala lumpur, singapore": "Singapore Standard Time",
    "perth": "W. Australia Standard Time",
    "taipei": "Taipei Standard Time",
    "osaka, sapporo, tokyo": "Tokyo Standard Time",
    "seoul": "Korea Standard Time",
    "adelaide": "Cen. Australia Standard Time",
    "darwin": "AUS Central Standard Time",
    "brisbane": "E. Australia Standard Time",
    "canberra, melbourne, sydney": "AUS Eastern Standard Time",
    "hobart": "Tasmania Standard Time",
    "auckland, wellington": "New Zealand Standard Time",
    "azores": "Azores Standard Time",
    "brasilia": "E. South America Standard Time",
    "city of buenos aires": "Argentina Standard Time",
    "newfoundland": "Newfoundland Standard Time",
    "atlantic time (canada)": "Atlantic Standard Time",
    "bogota, lima, quito, rio branco": "SA Pacific Standard Time",
    "eastern time (us & canada)": "Eastern Standard Time",
    "central time (us & canada)": "Central Standard Time",
    "mountain time (us & canada)": "Mountain Standard Time",
    "pacific time (us & canada)": "Pacific Standard Time",
    "arizona": "US Mountain Standard Time",
    "saskatchewan": "Canada Central Standard Time",
    "alaska": "Alaskan Standard Time",
    "hawaii": "Hawaiian Standard Time",
}
# Numbers that Exchange writes as X-MICROSOFT-CDO-TZID (CdoTimeZoneId), without those whose rules have changed since.
ZONE_BY_CDO_NUMBER = {
    0: "Etc/UTC",
    1: "Europe/London",
    3: "Europe/Paris",
    4: "Europe/Berlin",
    6: "Europe/Prague",
    7: "Europe/Athens",
    9: "America/Halifax",
    10: "America/New_York",
    11: "America/Chicago",
    12: "America/Denver",
    13: "America/Los_Angeles",
    14: "America/Anchorage",
    15: "Pacific/Honolulu",
    17: "Pacific/Auckland",
    18: "Australia/Brisbane",
    19: "Australia/Adelaide",
    20: "Asia/Tokyo",
    22: "Asia/Bangkok",
    23: "Asia/Kolkata",
    24: "Asia/Dubai",
    28: "America/St_Johns",
    29: "Atlantic/Azores",
    38: "America/Phoenix",
    45: "Asia/Shanghai",
    48: "Asia/Kabul",
    59: "Europe/Helsinki",
}


def normalise_name(text: str) -> str:
    """For comparing names: without quotes and escapes, case-folded."""
    return " ".join(unescape(re.sub(r"\\(.)", r"\1", text)).strip().strip('"').casefold().split())


def is_known_zone_name(name: str) -> bool:
    """Exactly as the tz database writes it."""
    return name in _map_zone_keys().values()


def find_zone_by_name(name: str) -> ZoneInfo | None:
    normalised = normalise_name(name)
    key = _map_zone_keys().get(normalised) or _map_windows_names().get(normalised) or _find_key_at_end(normalised)
    return _load_zone(key)


def find_zone_by_display_name(name: str) -> ZoneInfo | None:
    """As displayed by Windows, such as "(UTC+00:00) Dublin, Edinburgh, Lisbon, London"."""
    display_name = re.sub(r"^\((utc|gmt)[^)]{0,8}\)\s*", "", normalise_name(name))
    return _load_zone(_map_windows_names().get(WINDOWS_DISPLAY_NAMES.get(display_name, "").casefold()))


def find_zone_by_cdo_number(number: str) -> ZoneInfo | None:
    """By the value of X-MICROSOFT-CDO-TZID."""
    return _load_zone(ZONE_BY_CDO_NUMBER.get(int(number)) if number.isdecimal() and len(number) < 4 else None)


def find_fixed_offset(name: str) -> timezone | None:
    """Of "GMT +0530 (Standard) / GMT +0530 (Daylight)", if both are the same."""
    match = FIXED_OFFSET_NAME.fullmatch(normalise_name(name))
    if match is None or int(match[2]) > 14 or int(match[3]) > 59:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-ahead if match[1].startswith("-") else ahead)


def _find_key_at_end(name: str) -> str | None:
    """Some apps prefix a path (RFC 5545 §3.8.3.1): "/mozilla.org/20070129_1/Europe/London"."""
    if not name.startswith("/"):
        return "Etc/UTC" if name == "tzone://microsoft/utc" else None
    segments = name.split("/")
    ends = ["/".join(segments[-count:]) for count in PATH_SEGMENT_COUNTS if count < len(segments)]
    return next((_map_zone_keys()[end] for end in ends if end in _map_zone_keys()), None)


def _load_zone(key: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(key) if key else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@cache
def _map_zone_keys() -> dict[str, str]:
    return {key.casefold(): key for key in available_timezones() - NON_GEOGRAPHIC_KEYS}


@cache
def _map_windows_names() -> dict[str, str]:
    return {name.casefold(): key for name, key in WINDOWS_TO_OLSON.items()}
