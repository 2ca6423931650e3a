"""Where this package's tables have something of a participant's."""

from sqlalchemy import ColumnElement, Table, false

from core.personal_data import DataSubject, declare_impersonal, hold
from review.exports.export_requests import erase_files_with
from review.models import (
    CodedSpan,
    CodingRound,
    CodingTask,
    ExportedContributionLink,
    ExportRequest,
    Memo,
    Quote,
    QuoteChange,
    QuoteWords,
    SearchEntry,
    SearchVector,
    Theme,
    ThemeChange,
)


def match_exported(table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """The list of exports stays, as a record of what left; their files are erased."""
    if table.name != ExportedContributionLink.__tablename__:
        return false()
    return ExportedContributionLink.contribution_id.in_(subject.contribution_ids)


def erase_exported_files(subject: DataSubject) -> None:
    erase_files_with(subject.contribution_ids)


hold("quotes", "Quotes from what you said or wrote", Quote, QuoteWords, QuoteChange, hides=("created_by", "made_by"))
hold(
    "themes",
    "Themes and notes that staff gave to your words",
    CodedSpan,
    CodingTask,
    Memo,
    hides=("coded_by", "coder_id", "written_by", "model", "model_version"),
)
hold(
    "search",
    "What finds your words in a search",
    SearchEntry,
    SearchVector,
    hides=("text", "folded_text", "vector", "model_sha256"),
)
hold(
    "exports",
    "Files made for reports that have your words",
    ExportRequest,
    ExportedContributionLink,
    matches=match_exported,
    files=(ExportRequest.storage_path,),
    folders=("exports",),
    before_erasing=erase_exported_files,
)
declare_impersonal("a codebook and its rounds, made by staff", Theme, ThemeChange, CodingRound)
