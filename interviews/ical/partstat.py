"""What an attendee answered to a calendar invitation (RFC 5545 §3.2.12). Pure."""

from enum import StrEnum


class PartStat(StrEnum):
    NEEDS_ACTION = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"
    DELEGATED = "DELEGATED"
