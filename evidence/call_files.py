"""Read our JSON files from a folder: a call with its schedule, a written contribution. Stores nothing."""

import json
from pathlib import Path
from typing import Any

from evidence.call_json import CallFileError


def read_json(path: Path) -> Any:
    """Raises CallFileError when the file is missing or is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CallFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise CallFileError(f"{path} is not JSON: {error}.") from error


def embed_schedule(data: Any, folder: Path) -> Any:
    """The same call with its schedule inside, read from the file that it names."""
    named = data.get("schedule") if isinstance(data, dict) else None
    return {**data, "schedule": read_json(folder / named)} if isinstance(named, str) else data
