"""How a transcript was made, for readers who judge how far to trust it. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evidence import languages
from transcripts.model_store.catalogue import find_model_by_sha256
from transcripts.models import TimePrecision, Transcript, TranscriptOrigin
from transcripts.text.risk import SURE_LANGUAGE_SHARE

TIMES_DESCRIPTIONS = {
    TimePrecision.EXACT: "from the file",
    TimePrecision.TURNS: "the start of each turn is from the file; times within a turn are estimated from its words",
    TimePrecision.ESTIMATED: "estimated from the number of words, so they are not shown",
}


@dataclass(frozen=True, slots=True)
class ProvenanceFact:
    name: str
    text: str
    terms: tuple[str, ...] = ()  # a list to show with it
    is_code: bool = False


def list_facts(transcript: Transcript, created: str) -> tuple[ProvenanceFact, ...]:
    facts = (
        _list_imported_facts(transcript, created)
        if transcript.origin is TranscriptOrigin.IMPORTED
        else _list_recognised_facts(transcript, created)
    )
    return tuple(fact for fact in facts if fact.text)


def format_duration(seconds: float) -> str:
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _list_recognised_facts(transcript: Transcript, created: str) -> Iterator[ProvenanceFact]:
    options = transcript.options
    yield ProvenanceFact("Transcribed by", f"a machine of this installation, {created}")
    yield ProvenanceFact("Model", ", ".join(filter(None, (transcript.model, str(options.get("engine", ""))))))
    yield ProvenanceFact("Decoding", describe_decoding(options))
    yield ProvenanceFact("Language", _describe_language(transcript))
    yield _describe_glossary(options)
    took, length = format_duration(transcript.seconds_taken), format_duration(transcript.duration_seconds)
    yield ProvenanceFact("Time", f"took {took} for {length} of sound")
    yield ProvenanceFact("Checksum of the model (SHA-256)", transcript.model_sha256, is_code=True)
    yield _describe_recording(transcript)


def _list_imported_facts(transcript: Transcript, created: str) -> Iterator[ProvenanceFact]:
    kind = (transcript.source_format or "").upper()
    yield ProvenanceFact("Imported", f"from a {kind or 'text'} file made elsewhere, {created}")
    yield ProvenanceFact("Language", languages.get_language_name(transcript.language))
    yield ProvenanceFact("Times", TIMES_DESCRIPTIONS[transcript.times])
    yield ProvenanceFact(
        "Length", format_duration(transcript.duration_seconds) if transcript.has_times else "not known"
    )
    yield ProvenanceFact("Confidence", "not known: such files do not say")
    yield ProvenanceFact("Checksum of the file (SHA-256)", transcript.source_sha256 or "", is_code=True)
    yield _describe_recording(transcript)


def describe_decoding(options: Mapping[str, Any]) -> str:
    beams, ladder, longest = (
        options.get("beam_size"),
        options.get("temperatures"),
        options.get("longest_window_seconds"),
    )
    parts = (
        f"in pieces of up to {longest:.0f} seconds" if isinstance(longest, int | float) else "",
        f"the best of {beams} readings of each"
        if isinstance(beams, int) and beams > 1
        else "the most likely word each time",
        f"up to {len(ladder)} attempts if the text is poor" if isinstance(ladder, list) else "",
        _describe_device(str(options.get("device", ""))),
    )
    return ", ".join(part for part in parts if part) if ladder or longest else ""


def _describe_device(device: str) -> str:
    if not device:
        return ""
    return "on the processor" if device == "cpu" else f"on a graphics card ({device})"


def _describe_language(transcript: Transcript) -> str:
    language_option = str(transcript.options.get("language", ""))
    model = find_model_by_sha256(transcript.model_sha256)
    how = "detected by the machine" if language_option else ""
    if language_option.startswith("given"):
        how = "chosen by a person"
    elif model is not None and model.is_english_only:
        how = "the model’s only language"
    if _is_language_doubtful(transcript):
        how += ", which was not sure"
    others = "".join(f", in parts {languages.get_language_name(code)}" for code in _list_other_languages(transcript))
    return languages.get_language_name(transcript.language) + (f" ({how})" if how else "") + others


def _is_language_doubtful(transcript: Transcript) -> bool:
    shares = [
        (row.end_seconds - row.start_seconds, row.language_share)
        for row in transcript.segments
        if row.language == transcript.language and row.language_share is not None
    ]
    seconds = sum(length for length, _ in shares)
    return bool(seconds) and sum(length * share for length, share in shares) < SURE_LANGUAGE_SHARE * seconds


def _list_other_languages(transcript: Transcript) -> list[str]:
    used = dict.fromkeys(row.language for row in transcript.segments if row.language)
    return [code for code in used if code != transcript.language]


def _describe_glossary(options: Mapping[str, Any]) -> ProvenanceFact:
    terms, left_out = _to_strings(options.get("glossary")), _to_strings(options.get("glossary left out"))
    if not terms:
        why = f": this model does not use any, so {len(left_out)} were left out" if left_out else ""
        return ProvenanceFact("Names and terms given to the model", f"none{why}")
    more = f", with no room for {len(left_out)} more" if left_out else ""
    return ProvenanceFact("Names and terms given to the model", f"{len(terms)}{more}", terms)


def _describe_recording(transcript: Transcript) -> ProvenanceFact:
    recording = transcript.recording
    return ProvenanceFact("Checksum of the recording (SHA-256)", recording.sha256 if recording else "", is_code=True)


def _to_strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
