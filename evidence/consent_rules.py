"""What each use of a person's words needs from that person: one table, and the decision. Pure.

The same table as a condition of a query: consent_conditions.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.exits import ExitUse
from evidence.consent_terms import ConsentUse


class Agreement(StrEnum):
    """What somebody says to one use now. Never asked and never answered mean no."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"  # a no after a yes
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class Withdrawal(StrEnum):
    """How far somebody has withdrawn from a call."""

    NONE = "none"
    NO_CONTACT = "no further contact"
    NO_USE = "no further use"
    ERASE = "erase"


@dataclass(frozen=True, slots=True)
class Permissions:
    """What decides about the words of one contribution."""

    agreements: Mapping[ConsentUse, Agreement]
    is_spoken: bool
    withdrawal: Withdrawal = Withdrawal.NONE

    def get_agreement(self, use: ConsentUse) -> Agreement:
        return self.agreements.get(use, Agreement.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Requirement:
    """Met by one of `uses` whose agreement is one of `accepted`. `is_spoken_only`: written words do not need it."""

    uses: tuple[ConsentUse, ...]
    accepted: frozenset[Agreement] = frozenset({Agreement.GIVEN})
    is_spoken_only: bool = False


@dataclass(frozen=True, slots=True)
class ExitRule:
    requirements: tuple[Requirement, ...]
    allowed_withdrawals: frozenset[Withdrawal] = frozenset({Withdrawal.NONE, Withdrawal.NO_CONTACT})
    is_open_to_handler: bool = False  # to the coordinator who handles the person's change of consent


@dataclass(frozen=True, slots=True)
class ExitDecision:
    """`reason` follows the person's reference or “You”; it is there too when only a handler may."""

    is_allowed: bool
    reason: str = ""
    own_reason: str = ""
    is_for_handling: bool = False

    def explain(self, reference: str) -> str:
        return f"{reference} {self.reason}." if self.reason else ""


@dataclass(frozen=True, slots=True)
class ConsentLabels:
    """What is shown beside words: what may be done with them outside."""

    quoting: str
    sharing: str


NOT_WITHDRAWN = frozenset(Agreement) - {Agreement.WITHDRAWN}
READING = (
    Requirement((ConsentUse.TRANSCRIBE,), is_spoken_only=True),
    Requirement((ConsentUse.RECORD,), NOT_WITHDRAWN, is_spoken_only=True),  # a text can be made without a recording
)
LISTENING = (
    Requirement((ConsentUse.RECORD,), is_spoken_only=True),
    Requirement((ConsentUse.TRANSCRIBE,), NOT_WITHDRAWN, is_spoken_only=True),  # some only want to be heard
)
ANY_WITHDRAWAL = frozenset(Withdrawal)

EXIT_RULES: Mapping[ExitUse, ExitRule] = {
    ExitUse.READING: ExitRule(READING, is_open_to_handler=True),
    ExitUse.LISTENING: ExitRule(LISTENING, is_open_to_handler=True),
    ExitUse.TRANSCRIBING: ExitRule((*LISTENING, *READING)),
    ExitUse.CORRECTING: ExitRule(READING),
    ExitUse.MAPPING: ExitRule(READING),
    ExitUse.LEARNING: ExitRule(READING),
    ExitUse.SEARCH: ExitRule(READING),
    ExitUse.QUOTE_NAMED: ExitRule((*READING, Requirement((ConsentUse.QUOTE_NAMED,)))),
    ExitUse.QUOTE_UNNAMED: ExitRule((*READING, Requirement((ConsentUse.QUOTE_UNNAMED,)))),
    ExitUse.SHARING: ExitRule((*READING, Requirement((ConsentUse.SHARE,)))),
    ExitUse.ARCHIVING: ExitRule((*READING, Requirement((ConsentUse.ARCHIVE,)))),
    ExitUse.EXPORT: ExitRule(READING),
    ExitUse.PUBLICATION: ExitRule((*READING, Requirement((ConsentUse.QUOTE_NAMED, ConsentUse.QUOTE_UNNAMED)))),
    ExitUse.MASS_EMAIL: ExitRule((Requirement((ConsentUse.RECONTACT,)),), frozenset({Withdrawal.NONE})),
    ExitUse.ARRANGING: ExitRule((), ANY_WITHDRAWAL - {Withdrawal.ERASE}),
    ExitUse.OWN_COPY: ExitRule((), ANY_WITHDRAWAL - {Withdrawal.ERASE}),
}
PERMITTED_ACTIONS = {
    ConsentUse.RECORD: "be recorded",
    ConsentUse.TRANSCRIBE: "have what {subject} said written down",
    ConsentUse.QUOTE_NAMED: "be quoted with {own} name",
    ConsentUse.QUOTE_UNNAMED: "be quoted without {own} name",
    ConsentUse.SHARE: "have what {subject} said shared",
    ConsentUse.ARCHIVE: "have what {subject} said kept for later research",
    ConsentUse.RECONTACT: "be contacted again",
}
WITHDRAWAL_REASONS = {
    Withdrawal.NO_CONTACT: "asked not to be contacted any more",
    Withdrawal.NO_USE: "withdrew what {subject} gave",
    Withdrawal.ERASE: "asked to have what {subject} gave erased",
}
HIDING_USES = frozenset({ConsentUse.RECORD, ConsentUse.TRANSCRIBE})  # a no to one of them hides sound and text


def follow(before: Agreement | None, *, is_allowed: bool) -> Agreement:
    """The agreement after one more decision. `before`: None if there was none."""
    if is_allowed:
        return Agreement.GIVEN
    return Agreement.WITHDRAWN if before in {Agreement.GIVEN, Agreement.WITHDRAWN} else Agreement.REFUSED


def decide_exit(use: ExitUse, permissions: Permissions, *, is_handler: bool = False) -> ExitDecision:
    rule = EXIT_RULES[use]
    if is_allowed(use, permissions):
        return ExitDecision(is_allowed=True)
    if permissions.withdrawal not in rule.allowed_withdrawals:
        return _refuse(rule, permissions, is_handler, *_explain_withdrawal(permissions.withdrawal))
    unmet = next(one for one in rule.requirements if not _is_met(one, permissions))
    return _refuse(rule, permissions, is_handler, *_explain_requirement(unmet, permissions))


def build_labels(is_allowed_by_use: Mapping[ExitUse, bool]) -> ConsentLabels:
    """`is_allowed_by_use`: of each of LABELLED_USES."""
    named, unnamed, may_share = (is_allowed_by_use[use] for use in LABELLED_USES)
    return ConsentLabels(QUOTING_LABELS[named, unnamed], SHARING_LABELS[may_share])


def is_allowed(use: ExitUse, permissions: Permissions) -> bool:
    """The same decision without its reason, for many."""
    rule = EXIT_RULES[use]
    return permissions.withdrawal in rule.allowed_withdrawals and all(
        _is_met(requirement, permissions) for requirement in rule.requirements
    )


LABELLED_USES = (ExitUse.QUOTE_NAMED, ExitUse.QUOTE_UNNAMED, ExitUse.SHARING)
QUOTING_LABELS = {
    (True, True): "May be quoted with or without name",
    (True, False): "May be quoted with name only",
    (False, True): "May be quoted without name",
    (False, False): "May not be quoted",
}
SHARING_LABELS = {True: "May be shared", False: "May not be shared"}


def _is_met(requirement: Requirement, permissions: Permissions) -> bool:
    if requirement.is_spoken_only and not permissions.is_spoken:
        return True
    return any(permissions.get_agreement(use) in requirement.accepted for use in requirement.uses)


def _refuse(rule: ExitRule, permissions: Permissions, is_handler: bool, reason: str, own_reason: str) -> ExitDecision:
    may_handle = is_handler and rule.is_open_to_handler and permissions.withdrawal is not Withdrawal.ERASE
    return ExitDecision(may_handle, reason, own_reason, is_for_handling=may_handle)


def _explain_withdrawal(withdrawal: Withdrawal) -> tuple[str, str]:
    reason = WITHDRAWAL_REASONS[withdrawal]
    return reason.format(subject="they"), reason.format(subject="you")


def _explain_requirement(requirement: Requirement, permissions: Permissions) -> tuple[str, str]:
    action = " or ".join(PERMITTED_ACTIONS[use] for use in requirement.uses)
    is_withdrawn = any(permissions.get_agreement(use) is Agreement.WITHDRAWN for use in requirement.uses)
    for_staff, for_person = action.format(subject="they", own="their"), action.format(subject="you", own="your")
    if is_withdrawn:
        return f"no longer agrees to {for_staff}", f"no longer agree to {for_person}"
    return f"has not agreed to {for_staff}", f"have not agreed to {for_person}"
