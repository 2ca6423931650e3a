"""Decode an open recording with PyAV: its parts, and the sound tracks that are heard. Runs only inside decode_child.py,
which sets the limits.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from transcripts.audio import containers, file_structure
from transcripts.audio.audio_facts import AudioProblem
from transcripts.audio.file_parts import FilePart, find_parts
from transcripts.audio.file_view import FileView
from transcripts.audio.stream_decoder import SoundRequest, StreamDecoder, UnusableAudioError
from transcripts.audio.track_choice import SURVEY_RATE, TrackSurvey, choose_tracks
from transcripts.audio.track_mixing import join_tracks

FFMPEG_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": ",".join(containers.DEMUXERS)}
MAX_TRACKS = 16  # more are not the microphones of a conversation
SIDE_BY_SIDE_TRACKS = 2  # are treated like two channels; more are mixed
TOLERATED_SECONDS = 1.0  # a loss that is reported but not refused
TOLERATED_SHARE = 0.005  # the same for long recordings

WriteSamples = Callable[[bytes], None]


def decode_recording(recording: io.RawIOBase, request: Mapping[str, Any], write: WriteSamples) -> dict[str, Any]:
    """Decodes everything; the sound goes to `write` if requested. Raises UnusableAudioError."""
    if not request["size"]:
        raise UnusableAudioError(AudioProblem.EMPTY)
    head = _read_bytes(recording, 0, file_structure.HEAD_BYTES)
    parts = find_parts(lambda offset, length: _read_bytes(recording, offset, length), request["size"])
    if parts[-1].end < request["size"]:
        raise UnusableAudioError(AudioProblem.TOO_HEAVY)  # too many files in one
    has_magic = containers.has_audio_magic(head)
    sound_request, decoded = _read_request(request), list[DecodedPart]()
    try:
        for part in parts:
            seconds_before = sum(earlier.seconds for earlier in decoded)
            limited = replace(sound_request, longest_seconds=sound_request.longest_seconds - seconds_before)
            decoded.append(_decode_part(FileView(recording, part), limited, write, part))
    except MemoryError:
        raise  # PyAV's own is an FFmpegError too
    except (av.FFmpegError, ValueError, OverflowError) as error:
        raise _explain_unreadable(head, has_magic=has_magic) from error
    _refuse_incomplete(decoded, head, has_magic=has_magic, tolerates_loss=request.get("tolerates_loss", False))
    return _build_facts(decoded)


@dataclass(frozen=True, slots=True)
class DecodedPart:
    seconds: float
    stated_seconds: float | None
    lost_seconds: float
    first_loss_seconds: float | None  # where the first piece is that cannot be decoded
    missing_seconds: float  # at the end
    channels: int
    sample_rate: int
    container: str
    codec: str
    has_video: bool
    has_audible_sound: bool
    is_cut: bool


def _read_request(request: Mapping[str, Any]) -> SoundRequest:
    return SoundRequest(
        rate=request["sample_rate"],
        channel=request["channel"],
        output_channels=request.get("mixed_to", 1),
        is_wanted=request["wants_sound"],
        longest_seconds=request["longest_seconds"],
    )


def _read_bytes(recording: io.RawIOBase, offset: int, length: int) -> bytes:
    recording.seek(offset)
    return recording.read(length) or b""


def _decode_part(view: FileView, request: SoundRequest, write: WriteSamples, part: FilePart) -> DecodedPart:
    with ExitStack() as opened:
        container = opened.enter_context(_open_container(view))
        streams = _list_sound_streams(container)
        tracks = _choose_streams(view, streams, request)
        stated = max((_read_stated_seconds(container, stream, view) or 0.0 for stream in tracks), default=0.0)
        if stated > request.longest_seconds:
            raise UnusableAudioError(AudioProblem.TOO_LONG, stated=stated)
        decoders = _open_decoders(view, container, tracks, request, opened)
        for sound in _iter_joined_sound(decoders, request):
            write(sound)
        return _describe_part(decoders, stated, part, view, has_video=bool(container.streams.video))


@contextmanager
def _open_container(view: FileView) -> Iterator[InputContainer]:
    view.seek(0)
    with av.open(view, mode="r", options=FFMPEG_OPTIONS, buffer_size=1 << 17, metadata_errors="replace") as container:
        yield container


def _list_sound_streams(container: InputContainer) -> list[AudioStream]:
    known = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if known:
        return known[:MAX_TRACKS]
    has_sound = any(stream.type == "audio" for stream in container.streams)
    raise UnusableAudioError(AudioProblem.UNKNOWN_CODEC if has_sound else AudioProblem.NO_AUDIO)


def _choose_streams(view: FileView, streams: Sequence[AudioStream], request: SoundRequest) -> list[AudioStream]:
    if len(streams) == 1:
        return list(streams)
    return [streams[number] for number in choose_tracks([_survey_track(view, stream, request) for stream in streams])]


def _survey_track(view: FileView, stream: AudioStream, request: SoundRequest) -> TrackSurvey:
    survey = TrackSurvey()
    sound_request = SoundRequest(SURVEY_RATE, None, 1, is_wanted=True, longest_seconds=request.longest_seconds)
    with _open_container(_copy_view(view)) as container:
        for sound in StreamDecoder(container, _find_stream(container, stream.index), sound_request).iter_sound():
            survey.add(sound)
    survey.finish()
    return survey


def _open_decoders(
    view: FileView,
    container: InputContainer,
    tracks: Sequence[AudioStream],
    request: SoundRequest,
    opened: ExitStack,
) -> list[StreamDecoder]:
    """Several tracks are read from a container each, so that none is kept in memory while another is read."""
    if len(tracks) == 1:
        return [StreamDecoder(container, tracks[0], request)]
    if request.channel is not None and request.channel >= len(tracks):
        raise UnusableAudioError(AudioProblem.DAMAGED)
    heard = tracks if request.channel is None else [tracks[request.channel]]
    mono = replace(request, channel=None, output_channels=1)
    decoders = []
    for track in heard:
        own = opened.enter_context(_open_container(_copy_view(view)))
        decoders.append(StreamDecoder(own, _find_stream(own, track.index), mono))
    return decoders


def _iter_joined_sound(decoders: Sequence[StreamDecoder], request: SoundRequest) -> Iterator[bytes]:
    sounds = [decoder.iter_sound() for decoder in decoders]
    if len(sounds) == 1:
        yield from sounds[0]
    elif request.is_wanted:
        yield from join_tracks(sounds, side_by_side=request.output_channels == len(sounds))
    else:
        for sound in sounds:
            yield from sound


def _copy_view(view: FileView) -> FileView:
    return FileView(view.recording, view.part)


def _find_stream(container: InputContainer, index: int) -> AudioStream:
    return next(stream for stream in container.streams.audio if stream.index == index)


def _read_stated_seconds(container: InputContainer, stream: AudioStream, view: FileView) -> float | None:
    name = container.format.name
    if name not in containers.FORMATS_WITH_LENGTH and not (name == "mp3" and _has_mp3_length(view)):
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def _has_mp3_length(view: FileView) -> bool:
    copy = _copy_view(view)
    tag_bytes = file_structure.measure_id3_tag(_read_bytes(copy, 0, file_structure.HEAD_BYTES))
    return file_structure.has_mp3_length(_read_bytes(copy, tag_bytes, file_structure.HEAD_BYTES))


def _is_cut(view: FileView) -> bool:
    copy = _copy_view(view)
    size = copy.seek(0, io.SEEK_END)
    tail = _read_bytes(copy, max(0, size - file_structure.TAIL_BYTES), file_structure.TAIL_BYTES)
    return _read_bytes(copy, 0, 4) == b"OggS" and file_structure.is_cut_inside_ogg_page(tail)


def _describe_part(
    decoders: Sequence[StreamDecoder], stated: float, part: FilePart, view: FileView, *, has_video: bool
) -> DecodedPart:
    longest = max(decoders, key=lambda decoder: decoder.seconds)
    worst = max(decoders, key=lambda decoder: decoder.lost_seconds)
    if part.share_present < 1 and longest.seconds:
        stated = longest.seconds / part.share_present
    codec = decoders[0].stream.codec_context
    reached = max(decoder.end_seconds for decoder in decoders)
    return DecodedPart(
        seconds=longest.seconds,
        stated_seconds=stated or None,
        lost_seconds=worst.lost_seconds,
        first_loss_seconds=worst.first_loss_seconds,
        missing_seconds=max(0.0, stated - reached),
        channels=codec.channels if len(decoders) == 1 else _count_virtual_channels(len(decoders)),
        sample_rate=codec.sample_rate,
        container=decoders[0].container.format.name,
        codec=codec.name,
        has_video=has_video,
        has_audible_sound=any(decoder.has_audible_sound for decoder in decoders),
        is_cut=_is_cut(view),
    )


def _count_virtual_channels(tracks: int) -> int:
    return tracks if tracks == SIDE_BY_SIDE_TRACKS else 1


def _refuse_incomplete(parts: Sequence[DecodedPart], head: bytes, *, has_magic: bool, tolerates_loss: bool) -> None:
    duration = sum(part.seconds for part in parts)
    damaged, missing = sum(part.lost_seconds for part in parts), sum(part.missing_seconds for part in parts)
    lost = damaged + missing
    if not has_magic and lost > duration:
        raise _explain_unreadable(head, has_magic=False)  # noise that a lenient format mistook for sound
    if not duration:
        raise UnusableAudioError(AudioProblem.DAMAGED)
    if lost > max(TOLERATED_SECONDS, TOLERATED_SHARE * duration) and not tolerates_loss:
        raise UnusableAudioError(
            AudioProblem.DAMAGED, damaged=damaged, missing=missing, duration=duration, at=_find_first_loss(parts)
        )
    if any(part.is_cut for part in parts) and not tolerates_loss:
        raise UnusableAudioError(AudioProblem.DAMAGED)
    if not any(part.has_audible_sound for part in parts):
        raise UnusableAudioError(AudioProblem.SILENT)


def _explain_unreadable(head: bytes, *, has_magic: bool) -> UnusableAudioError:
    if has_magic:
        return UnusableAudioError(AudioProblem.DAMAGED)
    return UnusableAudioError(AudioProblem.NOT_AUDIO, containers.describe_unreadable(head))


def _find_first_loss(parts: Sequence[DecodedPart]) -> float:
    before = 0.0
    for part in parts:
        if part.first_loss_seconds is not None:
            return before + part.first_loss_seconds
        before += part.seconds
    return before


def _build_facts(parts: Sequence[DecodedPart]) -> dict[str, Any]:
    first = parts[0]
    stated = [part.stated_seconds for part in parts]
    return {
        "duration_seconds": sum(part.seconds for part in parts),
        "stated_seconds": None if None in stated else sum(seconds or 0.0 for seconds in stated),
        "damaged_seconds": sum(part.lost_seconds for part in parts),
        "damaged_at_seconds": _find_first_loss(parts),
        "missing_seconds": sum(part.missing_seconds for part in parts),
        "channels": first.channels,
        "sample_rate": first.sample_rate,
        "container": first.container,
        "codec": first.codec,
        "has_video": first.has_video,
    }
