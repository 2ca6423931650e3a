"""Write one interview as ten tools would, each with its own names, times and notes."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from docx import Document

from tests.support.make_word_files import save_document

ANN, BOB = "Ann Example", "SAMPLE, Bob (CAMBRIDGE UNIVERSITY HOSPITALS NHS FOUNDATION TRUST)"


class SpokenTurn(NamedTuple):
    speaker: str
    start: float
    end: float
    text: str


def format_time(seconds: float, point: str = ".") -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{int(seconds % 1 * 1000):03}"


def format_short_time(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def name_speaker(turn: SpokenTurn, bob: str = "Bob Sample") -> str:
    return ANN if turn.speaker == "A" else bob


def write_teams_vtt(turns: Sequence[SpokenTurn]) -> bytes:
    cues = [f"{_write_range(turn)}\n<v {name_speaker(turn, BOB)}>{turn.text}</v>" for turn in turns]
    return ("WEBVTT\n\n" + "\n\n".join(cues)).encode()


def write_zoom_vtt_by_phone(turns: Sequence[SpokenTurn]) -> bytes:
    cues = [
        f"{n}\n{_write_range(turn)}\n{name_speaker(turn, '447700900123')}: {turn.text}" for n, turn in enumerate(turns)
    ]
    return ("WEBVTT\n\n" + "\n\n".join(cues)).encode()


def write_zoom_captions(turns: Sequence[SpokenTurn]) -> bytes:
    return "\n\n".join(
        f"[{name_speaker(turn)}] {format_time(turn.start + 40_000)[:8]}\n{turn.text}" for turn in turns
    ).encode()


def write_google_meet(turns: Sequence[SpokenTurn]) -> bytes:
    """One time for five minutes."""
    document = Document()
    document.add_paragraph("Interview 7 - Transcript")
    for block, said in groupby(turns, key=lambda turn: int(turn.start // 300)):
        document.add_paragraph(format_time(block * 300.0)[:8])
        for turn in said:
            document.add_paragraph(f"{name_speaker(turn)}: {turn.text}")
    document.add_paragraph("Transcription ended after 00:45:30")
    document.add_paragraph("This editable transcript was computer generated and might contain errors.")
    return save_document(document)


def write_teams_docx(turns: Sequence[SpokenTurn]) -> bytes:
    document = Document()
    document.add_paragraph("Ann Example started transcription")
    for turn in turns:
        paragraph = document.add_paragraph(f"{name_speaker(turn, BOB)}   {format_short_time(turn.start)}")
        paragraph.add_run().add_break()
        paragraph.add_run(turn.text)
    return save_document(document)


def write_otter(turns: Sequence[SpokenTurn]) -> bytes:
    said = [f"{name_speaker(turn)}  {format_short_time(turn.start)}\n{turn.text}" for turn in turns]
    return ("SUMMARY KEYWORDS\nwaiting\n\n" + "\n\n".join(said) + "\n\nTranscribed by https://otter.ai").encode()


def write_otter_without_times(turns: Sequence[SpokenTurn]) -> bytes:
    return "\n\n".join(f"{name_speaker(turn)}\n{turn.text}" for turn in turns).encode()


def write_f4(turns: Sequence[SpokenTurn]) -> bytes:
    return "\n".join(
        f"{'I' if turn.speaker == 'A' else 'B'}: {turn.text} #{format_time(turn.end)[:8]}-{int(turn.end * 10 % 10)}#"
        for turn in turns
    ).encode()


def write_whisperx(turns: Sequence[SpokenTurn]) -> bytes:
    return "\n".join(f"[SPEAKER_0{int(turn.speaker != 'A')}]: {turn.text}" for turn in turns).encode()


def write_atrain(turns: Sequence[SpokenTurn]) -> bytes:
    said = [
        f"SPEAKER_0{int(speaker != 'A')}\n"
        + "\n".join(f"[{format_time(turn.start)[:8]}] - {turn.text}" for turn in group)
        for speaker, group in groupby(turns, key=lambda turn: turn.speaker)
    ]
    return ("Transcription for interview\n\n" + "\n\n".join(said)).encode()


def write_srt(turns: Sequence[SpokenTurn]) -> bytes:
    cues = [
        f"{n}\n{format_time(turn.start, ',')} --> {format_time(turn.end, ',')}\n[{name_speaker(turn)}] {turn.text}"
        for n, turn in enumerate(turns, 1)
    ]
    return "\n\n".join(cues).encode()


def write_roles(turns: Sequence[SpokenTurn]) -> bytes:
    heading = "Project: Waiting well\nInterviewer: Ann Example\nDate: 12 March 2026\n\n"
    roles = {"A": "Interviewer", "B": "Participant 204"}
    return (heading + "\n".join(f"{roles[turn.speaker]}: {turn.text}" for turn in turns)).encode()


LAYOUTS: Mapping[str, Callable[[Sequence[SpokenTurn]], bytes]] = {
    "Teams VTT": write_teams_vtt,
    "Zoom VTT by phone": write_zoom_vtt_by_phone,
    "Zoom captions": write_zoom_captions,
    "Google Meet": write_google_meet,
    "Teams Word file": write_teams_docx,
    "Otter": write_otter,
    "Otter without times": write_otter_without_times,
    "f4": write_f4,
    "whisperX": write_whisperx,
    "aTrain": write_atrain,
    "SRT": write_srt,
    "roles": write_roles,
}


def _write_range(turn: SpokenTurn) -> str:
    return f"{format_time(turn.start)} --> {format_time(turn.end)}"
