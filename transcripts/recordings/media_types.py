"""The media type of a recording's content, which a browser needs to play it. Pure."""

MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aac": "audio/aac",
    "matroska,webm": "audio/webm",
    "mov,mp4,m4a,3gp,3g2,mj2": "audio/mp4",
}
VIDEO_CONTAINERS = {"audio/mp4", "audio/webm"}
FILE_EXTENSIONS = {
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/aac": "aac",
    "audio/webm": "webm",
    "audio/mp4": "m4a",
    "video/webm": "webm",
    "video/mp4": "mp4",
}


def find_media_type(container: str, *, has_video: bool) -> str:
    """`container`: FFmpeg's name."""
    media_type = MEDIA_TYPES.get(container, "application/octet-stream")
    return media_type.replace("audio/", "video/") if has_video and media_type in VIDEO_CONTAINERS else media_type


def find_file_extension(media_type: str) -> str:
    return FILE_EXTENSIONS.get(media_type, "bin")
