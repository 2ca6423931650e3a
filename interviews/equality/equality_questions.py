"""The questions of the equality form, and postcode parsing. Pure; counts: equality_counts.py."""

import re
from dataclasses import dataclass

NOT_SAID = "not_said"  # chosen on the form, never counted: see suppression.py
AREA_NOT_KNOWN = "not_known"
FULL_POSTCODE_PATTERN = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\d[A-Z]{2}")
DISTRICT_PATTERN = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")


class PostcodeError(ValueError): ...


@dataclass(frozen=True, slots=True)
class EqualityQuestion:
    key: str
    label: str  # on the form
    title: str  # above the figures
    answers: tuple[tuple[str, str], ...]  # key and label


DEPRIVATION = EqualityQuestion(
    "deprivation",
    "The first part of your postcode",
    "Deprivation of the area where people live",
    (
        ("1", "Most deprived fifth of areas"),
        ("2", "Second fifth"),
        ("3", "Middle fifth"),
        ("4", "Fourth fifth"),
        ("5", "Least deprived fifth of areas"),
        (AREA_NOT_KNOWN, "Area not known"),
    ),
)
ETHNICITY = EqualityQuestion(  # the five high-level groups of the 2021 census of England and Wales (ONS)
    "ethnicity",
    "What is your ethnic group?",
    "Ethnic group",
    (
        ("asian", "Asian or Asian British"),
        ("black", "Black, Black British, Caribbean or African"),
        ("mixed", "Mixed or multiple ethnic groups"),
        ("white", "White"),
        ("other", "Another ethnic group"),
    ),
)
DISABILITY = EqualityQuestion(  # the activity restriction question of the Government Statistical Service
    "disability",
    "Does a health condition or illness reduce what you can do from day to day?",
    "Disability",
    (("lot", "Yes, a lot"), ("little", "Yes, a little"), ("no", "Not at all")),
)
QUESTIONS = (DEPRIVATION, ETHNICITY, DISABILITY)


def parse_district_and_area(postcode: str) -> tuple[str, str]:
    """ "ls6 2ab" or "ls6" gives ("LS6", "LS"). Raises PostcodeError."""
    plain = re.sub(r"\s", "", postcode).upper()
    match = FULL_POSTCODE_PATTERN.fullmatch(plain)
    district = match[1] if match else plain
    if not DISTRICT_PATTERN.fullmatch(district):
        raise PostcodeError("Enter the first part of a postcode, for example LS6, or leave this blank.")
    return district, re.match(r"[A-Z]+", district)[0]  # type: ignore[index]  # a district begins with letters
