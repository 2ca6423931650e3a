"""The kinds of file that are decoded, and the first bytes that identify them. Pure.

A name that is not here is never opened by FFmpeg: playlists and lists of other files (concat, hls, dash, sdp, rtsp) are
formats too, and would make it read what they name.
"""

DEMUXERS = (
    *("wav", "w64", "aiff", "au", "caf"),
    *("mp3", "aac", "ac3", "eac3", "amr", "flac", "wv", "tta", "dss"),
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2"),
    *("ogg", "matroska", "webm", "asf", "avi", "flv", "mpeg", "mpegts"),
)
FORMATS_WITH_LENGTH = ("wav", "flac", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "avi", "wv", "tta")  # in their header

ASF_MAGIC = bytes.fromhex("3026b2758e66cf11")
W64_MAGIC = b"riff" + bytes.fromhex("2e91cf11")
MAGIC_AT_START = (
    *(b"RIFF", b"RF64", b"BW64", W64_MAGIC, b"FORM", b".snd", b"caff"),
    *(b"fLaC", b"OggS", b"ID3", b"#!AMR", b"wvpk", b"TTA1", b"\x02dss", b"\x03dss"),
    *(b"\x1aE\xdf\xa3", ASF_MAGIC, b"FLV\x01", b"\0\0\1\xba"),
)
MOVIE_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")  # old QuickTime files start without ftyp
TRANSPORT_PACKETS = ((0, 188), (4, 192))  # offset of the sync byte and length: .ts, and .mts with a time before each
TRANSPORT_SYNC = 0x47
MIN_TRANSPORT_PACKETS = 5

UNREADABLE_KINDS = (
    (b"\x03ds2", "This is a DS2 dictation file. Only its maker's software can open it: please save it there as wav."),
    (b"MS_VOICE", "This is a Sony dictation file. Only its maker's software can open it: please save it there as wav."),
    (b".RMF", "This is a RealMedia file. Please convert it to mp3 or wav."),
    (b"MThd", "This is a MIDI file, which has notes and no sound."),
    (b"PK\x03\x04", "This is a ZIP archive or an office document. If it is an archive, please unpack it first."),
    (b"Rar!", "This is an archive. Please unpack it first."),
    (b"7z\xbc\xaf", "This is an archive. Please unpack it first."),
    (b"%PDF", "This is a PDF document."),
    (b"#EXTM3U", "This is a playlist, which only names recordings."),
    (b"ffconcat", "This is a playlist, which only names recordings."),
    (b"[playlist]", "This is a playlist, which only names recordings."),
)


def has_audio_magic(head: bytes) -> bool:
    return head.startswith(MAGIC_AT_START) or head[4:8] in MOVIE_BOXES or is_transport_stream(head)


def is_transport_stream(head: bytes) -> bool:
    return any(
        all(head[at : at + 1] == bytes([TRANSPORT_SYNC]) for at in _list_sync_offsets(first, length))
        for first, length in TRANSPORT_PACKETS
    )


def describe_unreadable(head: bytes) -> str:
    return next((text for magic, text in UNREADABLE_KINDS if head.startswith(magic)), "")


def _list_sync_offsets(first: int, length: int) -> range:
    return range(first, first + length * MIN_TRANSPORT_PACKETS, length)
