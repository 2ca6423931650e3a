"""Load a written contribution from JSON (docs/formats.md), for examples and answers on paper."""

from typing import Any

from core.errors import RuleError
from evidence.answers import record_answer
from evidence.contributions import start_contribution, submit_contribution
from evidence.models import Call, Contribution, Mode
from evidence.participants import create_participant


class WrittenFileError(RuleError): ...


def load_written_contribution(data: Any, call: Call) -> Contribution:
    answers = data.get("answers") if isinstance(data, dict) else None
    if not isinstance(answers, dict) or not all(isinstance(text, str) for text in answers.values()):
        raise WrittenFileError("The file needs “answers”: an object of question keys and texts.")
    contribution = start_contribution(call, create_participant(), Mode.WRITTEN)
    for key, text in answers.items():
        record_answer(contribution, key, text, by=None)
    submit_contribution(contribution)
    return contribution
