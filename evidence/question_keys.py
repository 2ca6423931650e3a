"""Keys of questions and sections: made from their wording, never typed. A question that asks for another kind of answer
gets another key, because its answers cannot be compared. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from evidence.schedule import Question, Schedule, Section

KEY_WORDS = 4
MAX_KEY_CHARACTERS = 40
SMALL_WORD_TEXT = (
    "a an and are as at be by can did do does for from had has have how if in is it of on or so that the their them"
    " there they this to was we were what when where which who why will with would you your"
)
SMALL_WORDS = frozenset(SMALL_WORD_TEXT.split())
NUMBERED = re.compile(r"_(\d{1,4})$")


def build_key(text: str, taken: Collection[str], *, fallback: str) -> str:
    words = [word for word in re.findall(r"[a-z0-9]+", text.casefold()) if word.isascii()]
    content_words = [word for word in words if word not in SMALL_WORDS] or words
    base = "_".join(content_words[:KEY_WORDS])[:MAX_KEY_CHARACTERS].strip("_")
    return _number_key(base if base[:1].isalpha() else fallback, taken)


def renew_changed_keys(schedule: Schedule, published: Mapping[str, Question]) -> Schedule:
    """`published`: the newest published question of each key."""
    taken = {question.key for question in schedule.iter_questions()}
    sections = tuple(
        replace(section, questions=tuple(_renew_key(question, published, taken) for question in section.questions))
        for section in schedule.sections
    )
    return Schedule(schedule.title, sections)


def has_other_answers(first: Question, second: Question) -> bool:
    return (first.kind, first.choices) != (second.kind, second.choices)


def list_section_keys(sections: Collection[Section]) -> set[str]:
    return {section.key for section in sections}


def _renew_key(question: Question, published: Mapping[str, Question], taken: set[str]) -> Question:
    known = published.get(question.key)
    if known is None or not has_other_answers(known, question):
        return question
    base = NUMBERED.sub("", question.key)
    same = [
        key
        for key, other in published.items()
        if NUMBERED.sub("", key) == base and key not in taken and not has_other_answers(other, question)
    ]
    key = same[-1] if same else _number_key(base, {*taken, *published})
    taken.add(key)
    return replace(question, key=key)


def _number_key(base: str, taken: Collection[str]) -> str:
    if base not in taken:
        return base
    return next(key for number in range(2, len(taken) + 3) if (key := f"{base}_{number}") not in taken)
