"""How a transcript came about, in words for whoever has to judge how far to trust it. Reads only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from transcripts import languages
from transcripts.models import Origin, Times, Transcript
from transcripts.weights.catalogue import with_sha256

TIMES = {
    Times.EXACT: "as the file says",
    Times.TURNS: "of each turn the beginning, as the file says; inside a turn reckoned from its words",
    Times.ESTIMATED: "reckoned from the number of words, so none is shown",
}


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    words: str
    terms: tuple[str, ...] = ()  # a list that belongs to it
    is_code: bool = False


def facts(transcript: Transcript, created: str) -> tuple[Fact, ...]:
    """`created`: when, as the page writes it."""
    told = _imported(transcript, created) if transcript.origin is Origin.IMPORTED else _recognised(transcript, created)
    return tuple(fact for fact in told if fact.words)


def duration_words(seconds: float) -> str:
    """ "45 s", "4 min", "1 h 5 min"."""
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _recognised(transcript: Transcript, created: str) -> Iterator[Fact]:
    options = transcript.options
    yield Fact("Written down by", f"a machine of this installation, {created}")
    yield Fact("Model", ", ".join(filter(None, (transcript.model, str(options.get("engine", ""))))))
    yield Fact("How it listens", decoding_words(options))
    yield Fact("Language", _language(transcript))
    yield _glossary(options)
    took, length = duration_words(transcript.seconds_taken), duration_words(transcript.duration_seconds)
    yield Fact("Time", f"took {took} for {length} of sound")
    yield Fact("Model’s fingerprint (SHA-256)", transcript.model_sha256, is_code=True)
    yield _recording(transcript)


def _imported(transcript: Transcript, created: str) -> Iterator[Fact]:
    kind = (transcript.source_format or "").upper()
    yield Fact("Brought in", f"from a {kind or 'text'} file that was made elsewhere, {created}")
    yield Fact("Language", languages.name_of(transcript.language))
    yield Fact("Times", TIMES[transcript.times])
    yield Fact("Length", duration_words(transcript.duration_seconds) if transcript.has_times else "not known")
    yield Fact("How sure its maker was", "not known: such files say nothing of it")
    yield Fact("The file’s fingerprint (SHA-256)", transcript.source_sha256 or "", is_code=True)
    yield _recording(transcript)


def decoding_words(options: Mapping[str, Any]) -> str:
    """What of the options decides which words are chosen."""
    beams, ladder, longest = (
        options.get("beam_size"),
        options.get("temperatures"),
        options.get("longest_window_seconds"),
    )
    parts = (
        f"in pieces of up to {longest:.0f} seconds" if isinstance(longest, int | float) else "",
        f"the best of {beams} readings of each" if beams else "the likeliest word each time",
        f"up to {len(ladder)} attempts where the text is poor" if isinstance(ladder, list) else "",
        _device(str(options.get("device", ""))),
    )
    return ", ".join(part for part in parts if part) if ladder or longest else ""


def _device(device: str) -> str:
    if not device:
        return ""
    return "on the processor" if device == "cpu" else f"on a graphics card ({device})"


def _language(transcript: Transcript) -> str:
    asked = str(transcript.options.get("language", ""))
    known = with_sha256(transcript.model_sha256)
    how = "found by the machine" if asked else ""
    if asked.startswith("given"):
        how = "chosen by a person"
    elif known is not None and known.is_english_only:
        how = "the model knows no other"
    return languages.name_of(transcript.language) + (f" ({how})" if how else "")


def _glossary(options: Mapping[str, Any]) -> Fact:
    read, left_out = _texts(options.get("glossary")), _texts(options.get("glossary left out"))
    if not read:
        why = f": this model takes none, so {len(left_out)} were left out" if left_out else ""
        return Fact("Names and terms read before", f"none{why}")
    more = f"; there was no room for {len(left_out)} more" if left_out else ""
    return Fact("Names and terms read before", f"{len(read)}{more}", read)


def _recording(transcript: Transcript) -> Fact:
    recording = transcript.recording
    return Fact("Recording’s fingerprint (SHA-256)", recording.sha256 if recording else "", is_code=True)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
