"""The invented people of the example. Data only; loader.py stores it.

Every address ends in .example, so that no email can reach anyone (RFC 2606 §2).
"""

from dataclasses import dataclass

from accounts.roles import Role
from evidence.case_profile import CaseProfile
from evidence.models import Finding, RespondentType


@dataclass(frozen=True, slots=True)
class ExampleWriter:
    file: str  # in samples/written
    name: str
    case_profile: CaseProfile


@dataclass(frozen=True, slots=True)
class ExampleVolunteer:
    name: str
    email: str
    phone: str
    capacity: str
    access_needs: str
    case_profile: CaseProfile


STAFF = (
    ("amira@charity.example", "Amira", Role.COORDINATOR),
    ("ben@charity.example", "Ben", Role.INTERVIEWER),
    ("cara@charity.example", "Cara", Role.REVIEWER),
)

WRITERS = (
    ExampleWriter(
        "written01.json",
        "Robin Attrill",
        CaseProfile(RespondentType.ORGANISATION, Finding.WORKS, ("rural",), ("services", "capabilities")),
    ),
    ExampleWriter(
        "written02.json",
        "Declan Mackle",
        CaseProfile(RespondentType.INDIVIDUAL, Finding.DIFFICULTY, ("rural", "disadvantaged"), ("start", "control")),
    ),
    ExampleWriter(
        "written03.json",
        "Hester Robson",
        CaseProfile(RespondentType.ORGANISATION, Finding.WORKS, ("rural",), ("prevention", "services")),
    ),
)

INTERVIEWED_VOLUNTEER = ExampleVolunteer(
    "Priya Nair",
    "priya.nair@home.example",
    "0191 498 0123",  # Ofcom keeps 0191 498 0000 to 0999 for fiction
    "I work for a housing association and have waited for physiotherapy myself.",
    "",
    CaseProfile(RespondentType.ORGANISATION, Finding.DIFFICULTY, ("urban", "disadvantaged"), ("living", "control")),
)
BOOKED_VOLUNTEER = ExampleVolunteer(
    "Owen Pritchard",
    "owen.pritchard@home.example",
    "029 2018 0456",  # Ofcom keeps 029 2018 0000 to 0999 for fiction
    "I run a walking group for people who wait for new hips and knees.",
    "I lip-read: please keep the light on your face.",
    CaseProfile(RespondentType.INDIVIDUAL, Finding.WORKS, ("rural",), ("prevention", "places")),
)
PENDING_VOLUNTEER = ExampleVolunteer(
    "Grace Adeyemi",
    "grace.adeyemi@home.example",
    "",
    "I am a carer for my mother, who waits for her second cataract operation.",
    "Evenings suit me best.",
    CaseProfile(RespondentType.INDIVIDUAL, Finding.DIFFICULTY, ("urban",), ("control",)),
)
