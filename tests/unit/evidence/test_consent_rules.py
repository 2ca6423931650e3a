"""What each use of words needs from the person."""

from dataclasses import replace

import pytest

from core.exits import ExitUse
from evidence.consent_rules import (
    EXIT_RULES,
    LABELLED_USES,
    Agreement,
    ConsentLabels,
    Permissions,
    Withdrawal,
    build_labels,
    decide_exit,
)
from evidence.consent_terms import ConsentUse

EVERYTHING = dict.fromkeys(ConsentUse, Agreement.GIVEN)
OUTSIDE_THE_RULE = {ExitUse.OPERATOR_FILE}
OF_THE_PERSON = {ExitUse.ARRANGING, ExitUse.OWN_COPY, ExitUse.MASS_EMAIL}
OF_WORDS = sorted(set(EXIT_RULES) - OF_THE_PERSON)


def spoken(**changes: Agreement) -> Permissions:
    return Permissions(EVERYTHING | {ConsentUse(use): one for use, one in changes.items()}, is_spoken=True)


def written(**changes: Agreement) -> Permissions:
    return Permissions({ConsentUse(use): one for use, one in changes.items()}, is_spoken=False)


def describe_labels(permissions: Permissions) -> ConsentLabels:
    return build_labels({use: decide_exit(use, permissions).is_allowed for use in LABELLED_USES})


def test_every_use_has_its_rule() -> None:
    assert set(EXIT_RULES) == set(ExitUse) - OUTSIDE_THE_RULE


@pytest.mark.parametrize("use", sorted(EXIT_RULES))
def test_a_yes_to_everything_allows_everything(use: ExitUse) -> None:
    assert decide_exit(use, spoken()).is_allowed


@pytest.mark.parametrize("use", OF_WORDS)
@pytest.mark.parametrize("withdrawn", ["record", "transcribe"])
def test_after_no_to_recording_or_text_nothing_spoken_is_used(use: ExitUse, withdrawn: str) -> None:
    decision = decide_exit(use, spoken(**{withdrawn: Agreement.WITHDRAWN}))

    assert not decision.is_allowed
    assert decision.explain("P-23456").startswith("P-23456 no longer agrees to ")
    assert decision.own_reason.startswith("no longer agree to ")


@pytest.mark.parametrize("use", OF_WORDS)
def test_only_reading_and_listening_are_open_to_the_handler(use: ExitUse) -> None:
    decision = decide_exit(use, spoken(record=Agreement.WITHDRAWN), is_handler=True)

    assert decision.is_allowed is decision.is_for_handling is (use in {ExitUse.READING, ExitUse.LISTENING})
    assert decision.reason == "no longer agrees to be recorded"


def test_what_shall_be_erased_is_open_to_nobody() -> None:
    asked = replace(spoken(), withdrawal=Withdrawal.ERASE)

    allowed = [use for use in EXIT_RULES if decide_exit(use, asked, is_handler=True).is_allowed]

    assert allowed == []


def test_after_no_further_contact_words_are_used_and_nobody_writes() -> None:
    asked = replace(spoken(), withdrawal=Withdrawal.NO_CONTACT)

    refused = [use for use in EXIT_RULES if not decide_exit(use, asked).is_allowed]

    assert refused == [ExitUse.MASS_EMAIL]


@pytest.mark.parametrize("agreement", [Agreement.REFUSED, Agreement.UNANSWERED])
def test_some_only_want_to_be_heard(agreement: Agreement) -> None:
    recorded = spoken(transcribe=agreement)

    assert decide_exit(ExitUse.LISTENING, recorded).is_allowed
    assert not decide_exit(ExitUse.READING, recorded).is_allowed
    assert not decide_exit(ExitUse.TRANSCRIBING, recorded).is_allowed


@pytest.mark.parametrize("agreement", [Agreement.REFUSED, Agreement.UNANSWERED])
def test_a_text_made_without_a_recording_is_read(agreement: Agreement) -> None:
    assert decide_exit(ExitUse.READING, spoken(record=agreement)).is_allowed


def test_written_words_need_no_consent_to_recording() -> None:
    refused = written(record=Agreement.WITHDRAWN, transcribe=Agreement.WITHDRAWN, share=Agreement.GIVEN)

    assert decide_exit(ExitUse.READING, refused).is_allowed
    assert decide_exit(ExitUse.SHARING, refused).is_allowed


def test_never_answered_means_no() -> None:
    silent = written()

    refused = {use for use in OF_WORDS if not decide_exit(use, silent).is_allowed}

    assert refused == {
        ExitUse.QUOTE_NAMED,
        ExitUse.QUOTE_UNNAMED,
        ExitUse.SHARING,
        ExitUse.ARCHIVING,
        ExitUse.PUBLICATION,
    }


@pytest.mark.parametrize(
    ("named", "unnamed", "label"),
    [
        (Agreement.GIVEN, Agreement.GIVEN, "May be quoted with or without name"),
        (Agreement.GIVEN, Agreement.REFUSED, "May be quoted with name only"),
        (Agreement.WITHDRAWN, Agreement.GIVEN, "May be quoted without name"),
        (Agreement.UNANSWERED, Agreement.REFUSED, "May not be quoted"),
    ],
)
def test_labels_say_how_words_may_be_quoted(named: Agreement, unnamed: Agreement, label: str) -> None:
    assert describe_labels(written(quote_named=named, quote_unnamed=unnamed)).quoting == label


def test_labels_of_hidden_words_allow_nothing() -> None:
    labels = describe_labels(spoken(transcribe=Agreement.WITHDRAWN))

    assert (labels.quoting, labels.sharing) == ("May not be quoted", "May not be shared")
