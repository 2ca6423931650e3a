"""Read JSON files: a call with its schedule, a written contribution."""

import json
from pathlib import Path
from typing import Any

from evidence.call_json import CallFileError


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CallFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise CallFileError(f"{path} is not JSON: {error}.") from error


def embed_schedule(data: Any, folder: Path) -> Any:
    file_name = data.get("schedule") if isinstance(data, dict) else None
    return {**data, "schedule": read_json(folder / file_name)} if isinstance(file_name, str) else data
