"""General examples of interview questions and of talk around them, from no real call or person.

They replace reviewed interviews until there are some. They were written for this project.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

EXAMPLES_FILE = Path(__file__).with_name("kinds_of_talk.json")


@dataclass(frozen=True, slots=True)
class QuestionKind:
    name: str
    phrasings: tuple[str, ...]  # ways of asking such a question
    answers: tuple[str, ...]  # things said in answer


@dataclass(frozen=True, slots=True)
class KindsOfTalk:
    questions: tuple[QuestionKind, ...]
    outside: tuple[str, ...]  # greetings, consent, interruptions, closing: speech that answers no question


@cache
def load_kinds_of_talk() -> KindsOfTalk:
    data = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
    return KindsOfTalk(
        questions=tuple(QuestionKind(k["name"], tuple(k["asked"]), tuple(k["told"])) for k in data["questions"]),
        outside=tuple(text for texts in data["outside"].values() for text in texts),
    )
