"""The media type of a recording's content, which a browser needs to play it, and the files that are accepted. Pure."""

MEDIA_TYPES = {
    "wav": "audio/wav",
    "w64": "audio/x-w64",
    "aiff": "audio/aiff",
    "au": "audio/basic",
    "caf": "audio/x-caf",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "ac3": "audio/ac3",
    "eac3": "audio/eac3",
    "amr": "audio/amr",
    "flac": "audio/flac",
    "wv": "audio/x-wavpack",
    "tta": "audio/x-tta",
    "dss": "audio/x-dss",
    "ogg": "audio/ogg",
    "asf": "audio/x-ms-wma",
    "matroska,webm": "audio/webm",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
    "avi": "video/x-msvideo",
    "flv": "video/x-flv",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
}
VIDEO_TYPES = {"audio/mp4": "video/mp4", "audio/webm": "video/webm", "audio/x-ms-wma": "video/x-ms-wmv"}
FILE_EXTENSIONS = {
    "audio/wav": "wav",
    "audio/x-w64": "w64",
    "audio/aiff": "aiff",
    "audio/basic": "au",
    "audio/x-caf": "caf",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/ac3": "ac3",
    "audio/eac3": "eac3",
    "audio/amr": "amr",
    "audio/flac": "flac",
    "audio/x-wavpack": "wv",
    "audio/x-tta": "tta",
    "audio/x-dss": "dss",
    "audio/ogg": "ogg",
    "audio/x-ms-wma": "wma",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "video/x-ms-wmv": "wmv",
    "video/webm": "webm",
    "video/mp4": "mp4",
    "video/x-msvideo": "avi",
    "video/x-flv": "flv",
    "video/mpeg": "mpg",
    "video/mp2t": "ts",
}
USUAL_KINDS = "mp3, m4a, wav, flac, ogg, opus, webm, mp4, mov, 3gp, amr, wma, aiff, caf, avi or mts"  # named on pages
ACCEPTED_EXTENSIONS = (  # offered by the file picker; what a file is, its content decides
    *("mp3", "m4a", "m4b", "wav", "wave", "bwf", "rf64", "flac", "ogg", "oga", "opus", "spx", "webm", "weba"),
    *("mp4", "m4v", "mov", "qt", "3gp", "3gpp", "3g2", "aac", "amr", "awb", "wma", "wmv", "asf"),
    *("aif", "aiff", "aifc", "caf", "w64", "au", "snd", "mka", "mkv", "avi", "mts", "m2ts", "ts", "mpg", "mpeg"),
    *("vob", "mp2", "ac3", "eac3", "wv", "tta", "dss", "flv"),
)


def find_media_type(container: str, *, has_video: bool) -> str:
    """`container`: FFmpeg's name."""
    media_type = MEDIA_TYPES.get(container, "application/octet-stream")
    return VIDEO_TYPES.get(media_type, media_type) if has_video else media_type


def find_file_extension(media_type: str) -> str:
    return FILE_EXTENSIONS.get(media_type, "bin")


def list_picker_types() -> str:
    """For a file field's `accept`."""
    return ",".join(["audio/*", "video/*", *(f".{ending}" for ending in ACCEPTED_EXTENSIONS)])
