"""Write Word documents: a report skeleton, a question with all its answers, contributions, transcripts."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from review.exports.export_kinds import Layout
from review.exports.exported_call import (
    ExportedAnswer,
    ExportedCall,
    ExportedContribution,
    ExportedQuestion,
    ExportedTranscript,
)
from review.exports.spreadsheets import list_facts
from review.exports.tables import format_clock, format_local_day
from review.exports.transcript_files import escape_tags, format_time, join_line

GREY = RGBColor(0x50, 0x5A, 0x5F)
TIME_SIZE, CAPTION_SIZE = Pt(8), Pt(9)


def write_word_file(call: ExportedCall, layout: Layout, target: Path) -> None:
    document = _start_document(call)
    WRITERS[layout](document, call)
    document.save(str(target))


def write_transcript_file(transcript: ExportedTranscript, target: Path) -> None:
    """One paragraph a turn, which our own importer reads: nothing above or below it."""
    document = Document()
    for turn in transcript.turns:
        paragraph = document.add_paragraph()
        if transcript.has_times:
            time = paragraph.add_run(f"[{format_time(turn.start)} --> {format_time(turn.end)}] ")
            time.font.size, time.font.color.rgb = TIME_SIZE, GREY
        if turn.speaker:
            paragraph.add_run(f"{turn.speaker}:").bold = True
            paragraph.add_run(" ")
        paragraph.add_run(escape_tags(join_line(turn)) if transcript.has_times else join_line(turn))
    document.save(str(target))


def _start_document(call: ExportedCall) -> Any:
    document = Document()
    document.core_properties.title = call.title[:255]
    document.core_properties.author = ""
    document.add_heading(call.title, level=0)
    return document


def _write_report(document: Any, call: ExportedCall) -> None:
    _add_contents(document)
    document.add_heading("How the evidence was collected", level=1)
    document.add_paragraph(
        f"The call for evidence was open from {call.opens_on} to {call.closes_on}. People took part in writing or in an"
        f" interview, and answered {len(call.questions)} questions. Their words are given as they wrote or said them."
    )
    _add_facts(document, call)
    document.add_heading("Who took part", level=1)
    _add_people(document, call)
    document.add_heading("What people said", level=1)
    document.add_paragraph("[Write a summary here.]")
    for item in call.questions:
        _add_question(document, call, item, level=2)
    _add_themes(document, call)
    _add_references(document, call)


def _write_questions(document: Any, call: ExportedCall) -> None:
    _add_contents(document)
    for item in call.questions:
        _add_question(document, call, item, level=1)
    _add_references(document, call)


def _write_contributions(document: Any, call: ExportedCall) -> None:
    _add_contents(document)
    for number, one in enumerate(call.contributions):
        if number:
            document.add_page_break()
        document.add_heading(f"{one.reference} ({one.mode_label.lower()})", level=1)
        _add_table(document, _list_profile(call, one))
        for item in call.questions:
            if item.key in one.answers:
                document.add_heading(item.prompt, level=2)
                _add_text(document, one.answers[item.key].text)
        _add_transcripts(document, one)


WRITERS: Mapping[Layout, Callable[[Any, ExportedCall], None]] = {
    Layout.REPORT: _write_report,
    Layout.QUESTIONS: _write_questions,
    Layout.CONTRIBUTIONS: _write_contributions,
}


def _add_question(document: Any, call: ExportedCall, item: ExportedQuestion, *, level: int) -> None:
    document.add_heading(item.prompt, level=level)
    answers = call.list_answers_to(item.key)
    spoken = sum(one.is_spoken for one, _ in answers)
    count = f"{len(answers)} of {len(call.contributions)} contributions answered: "
    _add_caption(document, f"{count}{len(answers) - spoken} in writing, {spoken} aloud.")
    for one, answer in answers:
        _add_answer(document, one, answer)


def _add_answer(document: Any, one: ExportedContribution, answer: ExportedAnswer) -> None:
    _add_text(document, answer.text, style="Quote")
    times = ", ".join(f"part {row.position} at {format_clock(row.start)}" for row in answer.passages)
    facts = (f"{one.reference}, {one.mode_label.lower()}", one.respondent_type, ", ".join(one.area_types), times)
    _add_caption(document, ". ".join([*filter(None, facts), one.quoting, one.sharing]) + ".")


def _add_themes(document: Any, call: ExportedCall) -> None:
    """Each theme with its words, then the quotes that may be printed."""
    if call.themes:
        document.add_heading("Themes", level=1)
    for theme in call.themes:
        document.add_heading(theme.name, level=min(theme.depth + 2, 9))
        if theme.description:
            document.add_paragraph(theme.description)
        spans = [span for span in call.spans if span.theme_id == theme.id]
        people = len({span.contribution_id for span in spans})
        _add_caption(document, f"In {people} contribution{'' if people == 1 else 's'}.")
        for span in spans:
            document.add_paragraph(span.text, style="Quote")
            _add_caption(document, f"{span.reference}.")
    if call.quotes:
        document.add_heading("Quotes", level=1)
    for quote in call.quotes:
        document.add_paragraph(quote.text, style="Quote")
        facts = (quote.attribution, f"{quote.reference}, {quote.state}", quote.intended_use)
        _add_caption(document, ". ".join(filter(None, facts)) + ".")


def _add_transcripts(document: Any, one: ExportedContribution) -> None:
    for transcript in one.transcripts:
        document.add_heading(f"Transcript of part {transcript.position}", level=2)
        if transcript.is_demonstration:
            _add_caption(document, "Made by the demonstration model, which does not understand real voices.")
        for turn in transcript.turns:
            paragraph = document.add_paragraph()
            if transcript.has_times:
                paragraph.add_run(f"{format_clock(turn.start)} ").font.size = TIME_SIZE
            if turn.speaker:
                paragraph.add_run(f"{turn.speaker}: ").bold = True
            paragraph.add_run(join_line(turn))


def _add_people(document: Any, call: ExportedCall) -> None:
    rows = [("Contributions", str(len(call.contributions)))]
    groups: tuple[tuple[str, Iterable[str]], ...] = (
        ("", (one.mode_label for one in call.contributions)),
        ("", (one.respondent_type for one in call.contributions)),
        ("Kind of place: ", (kind for one in call.contributions for kind in one.area_types)),
        ("", (one.finding for one in call.contributions)),
        ("Site: ", (one.site for one in call.contributions)),
    )
    for label, values in groups:
        rows += [(f"{label}{value}", str(number)) for value, number in Counter(filter(None, values)).most_common()]
    _add_table(document, rows)


def _add_references(document: Any, call: ExportedCall) -> None:
    document.add_heading("What each person allows", level=1)
    _add_table(document, [(one.reference, f"{one.quoting}. {one.sharing}.") for one in call.contributions])


def _add_facts(document: Any, call: ExportedCall) -> None:
    _add_table(document, [(name, text) for name, _, text in list_facts(call)])


def _list_profile(call: ExportedCall, one: ExportedContribution) -> list[tuple[str, str]]:
    rows = [
        ("Submitted", format_local_day(one.submitted_at, call.zone)),
        ("Respondent", one.respondent_type),
        ("Kind of place", ", ".join(one.area_types)),
        ("What it shows", one.finding),
        ("Aims", "; ".join(one.aims)),
        ("Site", one.site),
        ("Consent", f"{one.quoting}. {one.sharing}."),
    ]
    return [row for row in rows if row[1]]


def _add_table(document: Any, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    table = document.add_table(rows=0, cols=2, style="Light List")
    body = table._tbl
    for name, text in rows:
        body.append(_build_row(name, text))


def _build_row(name: str, text: str) -> Any:
    """Built directly: adding a row by the library takes longer with each one that is there."""
    row = OxmlElement("w:tr")
    for value in (name, text):
        cell, paragraph, run, content = (OxmlElement(tag) for tag in ("w:tc", "w:p", "w:r", "w:t"))
        content.text = value
        content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(content)
        paragraph.append(run)
        cell.append(paragraph)
        row.append(cell)
    return row


def _add_text(document: Any, text: str, style: str | None = None) -> None:
    for paragraph in text.split("\n\n"):
        if paragraph.strip():
            document.add_paragraph(paragraph.strip(), style=style)


def _add_caption(document: Any, text: str) -> None:
    run = document.add_paragraph().add_run(text)
    run.font.size, run.font.color.rgb = CAPTION_SIZE, GREY


def _add_contents(document: Any) -> None:
    """A field that Word fills from the headings when it is asked to update it."""
    paragraph = document.add_paragraph()
    for kind, text in (("begin", ""), ("", 'TOC \\o "1-2" \\h \\z \\u'), ("separate", ""), ("end", "")):
        run = paragraph.add_run()
        if kind:
            field = OxmlElement("w:fldChar")
            field.set(qn("w:fldCharType"), kind)
        else:
            field = OxmlElement("w:instrText")
            field.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            field.text = text
        run._r.append(field)
        if kind == "separate":
            paragraph.add_run("Contents: choose “Update field” in Word.")
