"""The tables of an export, each with what its columns mean: CSV and XLSX write the same. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from review.exports.exported_call import ExportedCall, ExportedContribution, Turn

PARAGRAPH = "\n\n"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    meaning: str
    width: int = 18  # in characters


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[str, ...]]


PROFILE = (
    Column("Reference", "The participant. Their name is in no export"),
    Column("Type", "Written or interview"),
    Column("Submitted", "Day on which it was submitted, in the call’s time zone"),
    Column("Respondent", "For an organisation or as an individual"),
    Column("Kind of place", "Kinds of area, as the person chose them"),
    Column("What it shows", "Something that works or a difficulty that persists"),
    Column("Aims", "The aims of the call that it relates to", 40),
    Column("Site", "The case study site that the person volunteered for"),
    Column("Quoting", "What the person allows: quotes with or without name", 34),
    Column("Sharing", "Whether the person allows sharing with partners", 20),
)


def build_contribution_table(call: ExportedCall) -> Table:
    """One row for each contribution, with a column for each question."""
    questions = tuple(
        Column(item.key, f"{item.prompt} (the answer in the person’s own words)", 60) for item in call.questions
    )
    keys = [item.key for item in call.questions]
    rows = (
        (*_list_profile(call, one), *(one.answers[key].text if key in one.answers else "" for key in keys))
        for one in call.contributions
    )
    return Table("Contributions", "One row for each contribution", (*PROFILE, *questions), rows)


def build_answer_table(call: ExportedCall) -> Table:
    """One row for each contribution and question that was answered, or asked without an answer."""
    columns = (
        *PROFILE,
        Column("Section", "The section of the question", 24),
        Column("Question", "The key of the question, which never changes"),
        Column("Prompt", "The question as it is written in the form", 40),
        Column("Status", "Answered, raised unprompted, asked without answer, declined or not asked"),
        Column("Answer", "The answer in the person’s own words", 80),
        Column("From", "Where each spoken passage is: part of the interview, start and end", 24),
        Column("Words", "Number of words in the answer", 8),
    )
    return Table("Answers", "One row for each contribution and question", columns, _iter_answer_rows(call))


def _iter_answer_rows(call: ExportedCall) -> Iterator[tuple[str, ...]]:
    for one in call.contributions:
        profile = _list_profile(call, one)
        for item in call.questions:
            answer, status = one.answers.get(item.key), one.coverage.get(item.key, "")
            if answer is None and not status:
                continue
            text = answer.text if answer else ""
            spans = [
                f"{row.position}: {format_clock(row.start)}–{format_clock(row.end)}"
                for row in (answer.passages if answer else ())
            ]
            yield (
                *profile,
                item.section.title,
                item.key,
                item.prompt,
                _describe_status(status, is_answered=answer is not None),
                text,
                "; ".join(spans),
                str(len(text.split())),
            )


def build_turn_table(call: ExportedCall) -> Table:
    columns = (
        PROFILE[0],
        Column("Part", "Part of the interview, from 1", 6),
        Column("Start", "Seconds from the start of the recording; empty if the times are estimated", 10),
        Column("End", "The same", 10),
        Column("Speaker", "A role or a letter; empty if nobody confirmed who speaks"),
        Column("Questions", "Keys of the questions whose accepted passages touch this turn"),
        Column("Text", "What was said", 80),
    )
    return Table("Speech", "One row for each sentence or two of an interview", columns, _iter_turn_rows(call))


def _iter_turn_rows(call: ExportedCall) -> Iterator[tuple[str, ...]]:
    for contribution, transcript in call.iter_transcripts():
        for number, turn in enumerate(transcript.turns):
            keys = [row.question_key for row in transcript.passages if row.first_turn <= number <= row.last_turn]
            start, end = _format_bounds(turn, has_times=transcript.has_times)
            yield (
                contribution.reference,
                str(transcript.position),
                start,
                end,
                turn.speaker or "",
                "; ".join(dict.fromkeys(keys)),
                turn.text,
            )


def build_span_table(call: ExportedCall) -> Table:
    columns = (
        Column("Theme", "The theme that somebody gave to these words", 24),
        PROFILE[0],
        Column("Questions", "Keys of the questions that the words belong to"),
        Column("Words", "The words that have the theme", 80),
        Column("At", "Where they are in the recording", 10),
        Column("How", "By hand, or a suggestion that somebody accepted"),
        Column("Coded", "Day on which the theme was given"),
    )
    rows = (
        (
            span.theme_name,
            span.reference,
            "; ".join(span.question_keys),
            span.text,
            "" if span.start_seconds is None else format_clock(span.start_seconds),
            span.source,
            format_local_day(span.coded_at, call.zone),
        )
        for span in call.spans
    )
    return Table("Themes", "One row for each run of words with a theme", columns, rows)


def build_quote_table(call: ExportedCall) -> Table:
    columns = (
        Column("Quote", "The person’s reference, and the number of the quote"),
        Column("Text", "As it may be printed", 80),
        Column("Attribution", "What may be said of the person, and no more", 40),
        Column("State", "Candidate, chosen, sent, approved, changed, refused or used"),
        Column("Meant for", "Such as a chapter", 24),
        Column("Used in", "Where it was published", 24),
    )
    rows = ((one.reference, one.text, one.attribution, one.state, one.intended_use, one.used_in) for one in call.quotes)
    return Table("Quotes", "One row for each quote", columns, rows)


def _format_bounds(turn: Turn, *, has_times: bool) -> tuple[str, str]:
    return (f"{turn.start:.3f}", f"{turn.end:.3f}") if has_times else ("", "")


def _list_profile(call: ExportedCall, one: ExportedContribution) -> tuple[str, ...]:
    return (
        one.reference,
        one.mode_label,
        format_local_day(one.submitted_at, call.zone),
        one.respondent_type,
        "; ".join(one.area_types),
        one.finding,
        "; ".join(one.aims),
        one.site,
        one.quoting,
        one.sharing,
    )


def _describe_status(status: str, *, is_answered: bool) -> str:
    if is_answered and status != "unprompted":
        return "answered"
    return {"unprompted": "raised unprompted", "asked": "asked without answer"}.get(status, status)


def format_local_day(moment: datetime | None, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).date().isoformat() if moment else ""


def format_clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
