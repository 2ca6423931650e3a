"""The rows of this package."""

from review.models.exports import ExportedContributionLink, ExportRequest
from review.models.search import SearchEntry, SearchKind, SearchVector

__all__ = ["ExportRequest", "ExportedContributionLink", "SearchEntry", "SearchKind", "SearchVector"]
