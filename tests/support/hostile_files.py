"""Files that are broken or made to do harm, and the expected result of each. Asserts nothing.

`tests/integration/transcripts/uploads/test_hostile_uploads.py` uploads them;
`python -m bench.hostile` prints the result of each.
"""

import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av

from tests.support.make_sound import write_expanding_file, write_silent_video, write_sound_file
from transcripts.audio.audio_facts import PROBLEM_MESSAGES, AudioProblem

HOURS = 3600
RATE = 8000
TWENTY_HOURS = 20 * HOURS


@dataclass(frozen=True, slots=True)
class HostileFile:
    name: str
    write: Callable[[Path], object]
    expected_problems: tuple[AudioProblem | None, ...]  # any of these; None: it is good after all
    is_slow: bool = False

    def is_expected_refusal(self, refusal: str) -> bool:
        return any(
            refusal.startswith(PROBLEM_MESSAGES[reason]) if reason else not refusal for reason in self.expected_problems
        )


def write_letter(path: Path) -> None:
    path.write_text("Dear interviewer,\nthis is a letter and no recording.\n" * 40)


def write_concat_list(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile '/etc/passwd'\n")


def write_playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")


def write_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("interview.wav", bytes(30_000_000))


def write_random_bytes(path: Path) -> None:
    path.write_bytes(random.Random(4).randbytes(300_000))


def write_wav(path: Path, *, seconds: int, stated: int, rate: int = RATE, channels: int = 1) -> None:
    """A header that states more than there is."""
    sound = random.Random(1).randbytes(seconds * RATE * 2)
    align = channels * 2 % 65536
    shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * align % 2**32, align, 16)
    length = min(stated * RATE * 2, 2**32 - 100)
    head = b"RIFF" + struct.pack("<I", length + 36) + b"WAVE" + shape + b"data" + struct.pack("<I", length)
    path.write_bytes(head + sound)


def write_cut_file(path: Path, *, keep: float, **made: object) -> None:
    write_sound_file(path, seconds=12.0, **made)  # type: ignore[arg-type]
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])


def write_many_streams(path: Path) -> None:
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("pcm_s16le", rate=RATE, layout="mono") for _ in range(1000)]
        frame = av.AudioFrame("s16", "mono", 160)
        frame.sample_rate = RATE
        frame.planes[0].update(random.Random(2).randbytes(320))
        for stream in streams:
            container.mux(stream.encode(frame))


def write_giant_picture(path: Path) -> None:
    write_sound_file(path, seconds=3.0)
    picture = b"\0image/png\0\3\0" + bytes(60_000_000)
    size = len(picture) + 10
    parts = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    part = bytes((len(picture) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\4\0\0" + parts + b"APIC" + part + b"\0\0" + picture + path.read_bytes())


def write_deep_boxes(path: Path) -> None:
    depth = 50_000
    boxes = [struct.pack(">I4s", 8 * (depth - number), b"moov" if number % 2 else b"trak") for number in range(depth)]
    path.write_bytes(struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0) + b"".join(boxes))


def write_endless_index(path: Path) -> None:
    """Its index states two thousand million pieces of sound of a byte each."""
    write_sound_file(path, seconds=3.0)
    content = bytearray(path.read_bytes())
    at = content.index(b"stsz")
    struct.pack_into(">II", content, at + 8, 1, 0x7FFFFFFF)
    for name in (b"stts", b"stsc"):
        struct.pack_into(">II", content, content.index(name) + 8, 1, 0x7FFFFFFF)
    path.write_bytes(content)


def write_twenty_hours(path: Path) -> None:
    """Twenty hours that are really there: the same second again and again."""
    write_sound_file(path.with_suffix(".aac"), seconds=1.0)
    second = path.with_suffix(".aac").read_bytes()
    with path.open("wb") as target:
        for _ in range(TWENTY_HOURS):
            target.write(second)
    path.with_suffix(".aac").unlink()


def write_expanding(path: Path) -> None:
    write_expanding_file(path)


def write_session_description(path: Path) -> None:
    path.write_text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n" * 20)


def write_redirector(path: Path) -> None:
    path.write_text('<asx version="3.0"><entry><ref href="file:///etc/passwd"/></entry></asx>\n' * 40)


def write_movie_of_another_file(path: Path) -> None:
    """Its sound is said to be in another file."""
    write_sound_file(path, seconds=3.0)
    content = bytearray(path.read_bytes())
    at = content.index(b"dref") + 12  # version, flags and count
    other = b"/etc/passwd\0"
    alias = bytes(10 + 28 + 12 + 64 + 16 + 4 + 16) + struct.pack(">HH", 2, len(other)) + other + b"\xff\xff\0\0"
    content[at : at + 12] = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        size_at = content.index(box) - 4
        struct.pack_into(">I", content, size_at, struct.unpack_from(">I", content, size_at)[0] + len(alias))
    path.write_bytes(content)


def write_many_small_files(path: Path) -> None:
    write_wav(path, seconds=1, stated=1)
    path.write_bytes(path.read_bytes()[:2044].replace(struct.pack("<I", RATE * 2), struct.pack("<I", 2000)) * 3000)


def write_many_chunks(path: Path) -> None:
    write_wav(path, seconds=2, stated=2)
    content = path.read_bytes()
    path.write_bytes(content[:36] + b"JUNK\0\0\0\0" * 100_000 + content[36:])


def write_huge_wide_length(path: Path) -> None:
    write_wav(path, seconds=2, stated=2)
    content = path.read_bytes()
    wide = b"ds64" + struct.pack("<IQQQI", 28, 2**63 - 1, 2**61, 2**63 - 1, 0)
    path.write_bytes(b"RF64" + b"\xff" * 4 + b"WAVE" + wide + content[12:40] + b"\xff" * 4 + content[44:])


NOT_SOUND, DAMAGED, TOO_LONG = AudioProblem.NOT_AUDIO, AudioProblem.DAMAGED, AudioProblem.TOO_LONG
HOSTILE_FILES = (
    HostileFile("a letter.mp3", write_letter, (NOT_SOUND,)),
    HostileFile("a list that names the password file.mp3", write_concat_list, (NOT_SOUND,)),
    HostileFile("a playlist that names the password file.mp3", write_playlist, (NOT_SOUND,)),
    HostileFile("a session description.amr", write_session_description, (NOT_SOUND,)),
    HostileFile("a list of addresses.wma", write_redirector, (NOT_SOUND,)),
    HostileFile(
        "a movie that names the password file.mov", write_movie_of_another_file, (DAMAGED, AudioProblem.NO_AUDIO)
    ),
    HostileFile("three thousand recordings in one.wav", write_many_small_files, (AudioProblem.TOO_HEAVY,)),
    HostileFile("a hundred thousand chunks.wav", write_many_chunks, (None,)),
    HostileFile("two million million million bytes.rf64", write_huge_wide_length, (DAMAGED, TOO_LONG)),
    HostileFile("an archive of 30 MB in 30 kB.m4a", write_archive, (NOT_SOUND,)),
    HostileFile("random bytes.ogg", write_random_bytes, (NOT_SOUND,)),
    HostileFile(
        "a header that states 70 hours.wav",
        lambda path: write_wav(path, seconds=2, stated=70 * HOURS),
        (DAMAGED, TOO_LONG),
    ),
    HostileFile(
        "a header that states 5 hours.wav", lambda path: write_wav(path, seconds=2, stated=5 * HOURS), (DAMAGED,)
    ),
    HostileFile(
        "65,535 channels at 4 GHz.wav",
        lambda path: write_wav(path, seconds=2, stated=2, rate=2**32 - 1, channels=65535),
        (DAMAGED,),
    ),
    HostileFile("pictures without sound.mp4", write_silent_video, (AudioProblem.NO_AUDIO,)),
    HostileFile("cut before its index.mp4", lambda path: write_cut_file(path, keep=0.5), (DAMAGED,)),
    HostileFile("cut.wav", lambda path: write_cut_file(path, keep=0.5), (DAMAGED,)),
    HostileFile("cut inside a page.ogg", lambda path: write_cut_file(path, keep=0.7), (DAMAGED,)),
    HostileFile("silent.flac", lambda path: write_sound_file(path, loudness=(0.0,)), (AudioProblem.SILENT,)),
    HostileFile("a thousand streams.mkv", write_many_streams, (None,)),
    HostileFile("a picture of 60 MB.mp3", write_giant_picture, (None,)),
    HostileFile("50,000 boxes in one another.mp4", write_deep_boxes, (DAMAGED,)),
    HostileFile("an endless index.m4a", write_endless_index, (DAMAGED,)),
    HostileFile("five hours in 40 kB.flac", write_expanding, (None,)),
    HostileFile("twenty hours.adts", write_twenty_hours, (TOO_LONG,), is_slow=True),
)
