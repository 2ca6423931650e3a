"""The formats of exports, how each can be arranged, and who it is for. Pure."""

from enum import StrEnum


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    DOCX = "docx"
    JSON = "json"
    QDPX = "qdpx"
    QDC = "qdc"
    VTT = "vtt"
    SRT = "srt"
    TXT = "txt"


class Layout(StrEnum):
    CONTRIBUTIONS = "contributions"
    ANSWERS = "answers"
    REPORT = "report"
    QUESTIONS = "questions"
    TRANSCRIPTS = "transcripts"
    TURNS = "turns"
    THEMES = "themes"
    QUOTES = "quotes"
    NVIVO = "nvivo"
    MAXQDA = "maxqda"
    WHOLE = "whole"


class Purpose(StrEnum):
    """Whose eyes it is for: each is a use that people agreed to or not."""

    ANALYSIS = "analysis"
    SHARING = "sharing"
    ARCHIVE = "archive"
