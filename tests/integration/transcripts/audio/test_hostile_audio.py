"""Recordings made to read other people's files, to call out or to break the decoder."""

import random
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from tests.support.make_sound import write_sound_file
from transcripts.audio import decoder
from transcripts.audio.decoder import AudioFacts, AudioProblem, UnusableRecordingError

LIMITED = (
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_CORE,
    resource.RLIMIT_CPU,
    resource.RLIMIT_AS,
)
PATIENCE_SECONDS = 0.5  # for a connection that must not come


class Listener:
    """A server on loopback that notes who calls and hangs up."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._called = threading.Event()
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            self._called.set()
            caller.close()

    def was_called(self) -> bool:
        return self._called.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def concat_list(path: Path, other: Path) -> Path:
    path.write_text(f"ffconcat version 1.0\nfile '{other}'\n")
    return path


def hls_playlist(path: Path, port: int) -> Path:
    path.write_text(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXT-X-MEDIA-SEQUENCE:0\n"
        f"#EXTINF:10.0,\nhttp://127.0.0.1:{port}/segment.ts\n#EXT-X-ENDLIST\n"
    )
    return path


def reason_for_refusing(path: Path) -> AudioProblem:
    with pytest.raises(UnusableRecordingError) as caught:
        decoder.probe(path)
    return caught.value.reason


def test_a_list_that_names_another_recording_is_refused_and_the_other_is_not_read(tmp_path: Path) -> None:
    other = write_sound_file(tmp_path / "somebody-else.wav", seconds=2.0)
    path = concat_list(tmp_path / "interview.mp3", other)

    reason = reason_for_refusing(path)

    assert reason is AudioProblem.NOT_AUDIO
    with pytest.raises(UnusableRecordingError):
        decoder.decode(path)  # none of the other's sound comes out


def test_the_list_would_be_read_without_our_limits(tmp_path: Path) -> None:
    other = write_sound_file(tmp_path / "somebody-else.wav", seconds=2.0)
    path = concat_list(tmp_path / "interview.mp3", other)

    with av.open(str(path), options={"safe": "0"}) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))

    assert samples > 0


def test_a_playlist_is_refused_and_nothing_is_called(listener: Listener, tmp_path: Path) -> None:
    path = hls_playlist(tmp_path / "interview.mp3", listener.port)

    reason = reason_for_refusing(path)

    assert reason is AudioProblem.NOT_AUDIO
    assert not listener.was_called()


def test_the_playlist_would_call_out_without_our_limits(listener: Listener, tmp_path: Path) -> None:
    path = hls_playlist(tmp_path / "interview.m3u8", listener.port)

    with pytest.raises(av.FFmpegError):
        av.open(str(path), options={"protocol_whitelist": "file,http,tcp"}, timeout=10).close()

    assert listener.was_called()


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "socket.socket()",
        "os.pipe()",
        "os.memfd_create('room')",
        "os.dup(0)",
        "subprocess.run(['/bin/true'])",
    ],
)
def test_a_child_that_reads_what_was_uploaded_can_open_nothing(attempt: str) -> None:
    program = (
        "import os, socket, subprocess; from core import process_limits\n"
        "process_limits.forbid_opening_files()\n"
        f"try: {attempt}\n"
        "except OSError as error: raise SystemExit(error.errno)\n"
    )

    outcome = subprocess.run([sys.executable, "-c", program], cwd=decoder.PROJECT_ROOT, check=False)

    assert outcome.returncode == 24  # EMFILE


@contextmanager
def child_that_reads(folder: Path) -> Iterator[int]:
    """The process id of a child that is at work: it asks for the recording."""
    request = {"size": 1, "memory_bytes": 1 << 30, "cpu_seconds": 60}
    with decoder._start_child(request, str(folder), decoder.DECODER_MODULE) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        yield child.pid


def test_a_running_child_has_two_pipes_an_empty_end_and_its_limits(tmp_path: Path) -> None:
    with child_that_reads(tmp_path) as child:
        open_files = {int(path.name): path.readlink() for path in Path(f"/proc/{child}/fd").iterdir()}
        limits = [resource.prlimit(child, which) for which in LIMITED]
        folder = Path(f"/proc/{child}/cwd").readlink()

    assert [str(open_files[number]).partition(":")[0] for number in sorted(open_files)] == ["pipe", "pipe", "/dev/null"]
    assert limits == [(3, 3), (0, 0), (0, 0), (60, 60), (1 << 30, 1 << 30)]
    assert (folder, list(folder.iterdir())) == (tmp_path, [])


def test_the_decoding_child_knows_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LISTENING_POST_SECRET_KEY", "a secret")

    with child_that_reads(tmp_path) as child:
        environment = Path(f"/proc/{child}/environ").read_bytes()

    assert b"PYTHONPATH=" in environment
    assert b"a secret" not in environment


@pytest.mark.parametrize("ending", ["wav", "mp3", "m4a", "ogg", "flac", "webm", "mov", "aac"])
def test_a_damaged_file_is_read_or_refused_but_breaks_nothing(ending: str, tmp_path: Path) -> None:
    chance = random.Random(ending)
    path = write_sound_file(tmp_path / f"damaged.{ending}", seconds=3.0)
    content = bytearray(path.read_bytes())
    for _ in range(60):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)

    outcome: AudioFacts | AudioProblem
    try:
        outcome = decoder.probe(path)
    except UnusableRecordingError as error:
        outcome = error.reason

    assert outcome is AudioProblem.DAMAGED or isinstance(outcome, AudioFacts)


def children() -> set[str]:
    """Processes that this one has begun and that have not been waited for."""
    return {pid for thread in Path("/proc/self/task").iterdir() for pid in (thread / "children").read_text().split()}


def test_ending_early_leaves_no_child_and_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = write_sound_file(tmp_path / "long.wav", seconds=20.0)

    before = children()
    pieces = decoder.decode_chunks(path)
    next(pieces)
    during = children()
    pieces.close()

    assert len(during - before) == 1
    assert children() == before
    assert list((tmp_path / "temporary").iterdir()) == []
