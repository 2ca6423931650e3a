"""The themes, coded words and quotes of a call as an export reads them: only of the contributions that it has."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from evidence.models import Call
from review.coding.anchors import AnswerAnchor, SpeechAnchor
from review.coding.codebook import list_themes
from review.coding.codebook_files import COLOURS
from review.coding.coded_spans import CodedWords, list_coded_spans
from review.exports.exported_call import ExportedPassage, ExportedQuote, ExportedSpan, ExportedTheme, name_code
from review.exports.xml_text import clean_for_files
from review.models import QuoteState, Theme
from review.quotes.quote_bank import ShownQuote, load_quote_bank
from review.reading.spoken_text import find_characters
from transcripts.text.spoken import SpokenSegment


@dataclass(frozen=True, slots=True)
class ReadThemes:
    themes: tuple[ExportedTheme, ...]
    spans: tuple[ExportedSpan, ...]
    quotes: tuple[ExportedQuote, ...]
    speech: Mapping[UUID, Sequence[CodedWords]]  # by transcript

    def list_in_transcript(self, transcript_id: UUID, segments: Sequence[SpokenSegment]) -> list[ExportedPassage]:
        """Coded words with their characters in the texts of the segments."""
        return [
            _to_passage(span, span.anchor, segments)
            for span in self.speech.get(transcript_id, ())
            if isinstance(span.anchor, SpeechAnchor) and span.anchor.last_segment < len(segments)
        ]


def read_themes(call: Call, contribution_ids: Collection[UUID]) -> ReadThemes:
    lines = [line for line in list_themes(call) if line.theme.retired_at is None]
    spans = [span for span in list_coded_spans(call) if span.contribution_id in contribution_ids]
    quotes = [quote for quote in load_quote_bank(call).quotes if _may_leave(quote, contribution_ids)]
    speech: defaultdict[UUID, list[CodedWords]] = defaultdict(list)
    for span in spans:
        if isinstance(span.anchor, SpeechAnchor):
            speech[span.anchor.transcript_id].append(span)
    themes = tuple(_build_theme(line.theme, line.depth) for line in lines)
    return ReadThemes(themes, tuple(map(_build_span, spans)), tuple(map(_build_quote, quotes)), speech)


def _may_leave(quote: ShownQuote, contribution_ids: Collection[UUID]) -> bool:
    return quote.contribution_id in contribution_ids and quote.state is not QuoteState.REFUSED


def _build_theme(theme: Theme, depth: int) -> ExportedTheme:
    parts = (
        theme.definition,
        f"When to use: {theme.when_to_use}" if theme.when_to_use else "",
        f"When not to use: {theme.when_not_to_use}" if theme.when_not_to_use else "",
        f"Example: {theme.example}" if theme.example else "",
    )
    return ExportedTheme(
        theme.id,
        theme.parent_id,
        clean_for_files(theme.name),
        clean_for_files("\n".join(filter(None, parts))),
        COLOURS[theme.colour],
        depth,
    )


def _build_span(span: CodedWords) -> ExportedSpan:
    return ExportedSpan(
        span.id,
        span.theme_id,
        clean_for_files(span.theme_name),
        span.contribution_id,
        span.reference,
        span.question_keys,
        clean_for_files(span.text),
        span.start_seconds,
        span.coded_at,
        span.source.value,
        span.anchor.start if isinstance(span.anchor, AnswerAnchor) else None,
        span.anchor.end if isinstance(span.anchor, AnswerAnchor) else None,
    )


def _build_quote(quote: ShownQuote) -> ExportedQuote:
    return ExportedQuote(
        quote.reference,
        quote.contribution_id,
        clean_for_files(quote.text),
        clean_for_files(quote.attribution_line),
        quote.state.value,
        clean_for_files(quote.intended_use),
        clean_for_files(quote.used_in),
    )


def _to_passage(span: CodedWords, anchor: SpeechAnchor, segments: Sequence[SpokenSegment]) -> ExportedPassage:
    first, _ = find_characters(segments[anchor.first_segment], anchor.first_word, None)
    _, end = find_characters(segments[anchor.last_segment], None, anchor.last_word)
    return ExportedPassage(
        span.id,
        name_code(span.theme_id),
        0,
        segments[anchor.first_segment].start if span.start_seconds is None else span.start_seconds,
        segments[anchor.last_segment].end if span.end_seconds is None else span.end_seconds,
        clean_for_files(span.text),
        anchor.first_segment,
        anchor.last_segment,
        first,
        end,
    )
