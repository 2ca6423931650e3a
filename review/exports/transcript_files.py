"""Write a transcript as WebVTT, SRT, plain text, NVivo or MAXQDA text, so that our own importer reads it. Pure."""

import html
import re
from collections.abc import Callable, Iterator, Mapping

from review.exports.export_kinds import ExportFormat, Layout
from review.exports.exported_call import ExportedTranscript, Turn

ARROW = re.compile(r"-+>")  # would begin a cue
LIKE_A_TAG = re.compile(r"<[/a-z\d]", re.IGNORECASE)
ESTIMATED_NOTE = "NOTE Times are estimated from the number of words."


def format_vtt(transcript: ExportedTranscript) -> str:
    head = ["WEBVTT", "", f"NOTE language: {transcript.language}", ""]
    if not transcript.has_times:
        head += [ESTIMATED_NOTE, ""]
    return "\n".join([*head, *(line for turn in transcript.turns for line in _list_vtt_lines(turn))])


def format_srt(transcript: ExportedTranscript) -> str:
    blocks = (
        f"{number}\n{_format_span(turn, ',')}\n{_escape_srt(_join_speaker(turn))}\n"
        for number, turn in enumerate(transcript.turns, 1)
    )
    return "\n".join(blocks)


def format_text(transcript: ExportedTranscript) -> str:
    """With the start and end of each turn, which readers of captions understand."""
    if not transcript.has_times:
        return "\n\n".join(_join_speaker(turn) for turn in transcript.turns) + "\n"
    blocks = (f"[{_format_span(turn, '.')}] {escape_tags(_join_speaker(turn))}" for turn in transcript.turns)
    return "\n\n".join(blocks) + "\n"


def format_nvivo(transcript: ExportedTranscript) -> str:
    return "\n\n".join(_list_text_blocks(transcript, lambda turn: f"[{_format_seconds(turn.start)}]")) + "\n"


def format_maxqda(transcript: ExportedTranscript) -> str:
    return "\n\n".join(_list_text_blocks(transcript, lambda turn: f"#{_format_tenths(turn.start)}#")) + "\n"


FORMATTERS: Mapping[tuple[ExportFormat, Layout], Callable[[ExportedTranscript], str]] = {
    (ExportFormat.VTT, Layout.TRANSCRIPTS): format_vtt,
    (ExportFormat.SRT, Layout.TRANSCRIPTS): format_srt,
    (ExportFormat.TXT, Layout.TRANSCRIPTS): format_text,
    (ExportFormat.TXT, Layout.NVIVO): format_nvivo,
    (ExportFormat.TXT, Layout.MAXQDA): format_maxqda,
}


def join_line(turn: Turn) -> str:
    """Line breaks inside a turn would begin a new one."""
    return " ".join(turn.text.split())


def format_time(seconds: float, point: str = ".") -> str:
    milliseconds = round(seconds * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{_format_seconds(whole)}{point}{rest:03}"


def _list_text_blocks(transcript: ExportedTranscript, format_bound: Callable[[Turn], str]) -> Iterator[str]:
    for turn in transcript.turns:
        time = f"{format_bound(turn)} " if transcript.has_times else ""
        yield f"{time}{_join_speaker(turn)}"


def _list_vtt_lines(turn: Turn) -> tuple[str, str, str]:
    voice = f"<v {html.escape(turn.speaker, quote=False)}>" if turn.speaker else ""
    return _format_span(turn, "."), voice + html.escape(join_line(turn), quote=False), ""


def _join_speaker(turn: Turn) -> str:
    return f"{turn.speaker}: {join_line(turn)}" if turn.speaker else join_line(turn)


def escape_tags(text: str) -> str:
    """For formats without escapes of their own, whose readers take out tags and resolve entities as HTML has them."""
    return html.escape(text, quote=False) if LIKE_A_TAG.search(text) or html.unescape(text) != text else text


def _format_span(turn: Turn, point: str) -> str:
    return f"{format_time(turn.start, point)} --> {format_time(turn.end, point)}"


def _format_seconds(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def _format_tenths(seconds: float) -> str:
    tenths = int(seconds * 10)
    return f"{_format_seconds(tenths // 10)}-{tenths % 10}"


def _escape_srt(text: str) -> str:
    return ARROW.sub("–>", escape_tags(text))
