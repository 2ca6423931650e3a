"""Read and write JSON files: a call with its schedule, a written contribution."""

import json
from pathlib import Path
from typing import Any

from evidence.call_json import CallDraft, CallFileError, call_to_json


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CallFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise CallFileError(f"{path} is not JSON: {error}.") from error


def format_call(draft: CallDraft) -> str:
    return json.dumps(call_to_json(draft), ensure_ascii=False, indent=1) + "\n"


def embed_schedule(data: Any, folder: Path) -> Any:
    file_name = data.get("schedule") if isinstance(data, dict) else None
    return {**data, "schedule": read_json(folder / file_name)} if isinstance(file_name, str) else data
