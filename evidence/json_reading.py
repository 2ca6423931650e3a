"""Read values out of decoded JSON, or say what is wrong and where. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEY_PATTERN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Each method raises `error`. `where` names the object in its message, for example “Section 2”."""

    error: type[Exception]

    def read_text(self, data: Any, name: str, where: str) -> str:
        if not isinstance(data, Mapping):
            raise self.error(f"{where} has to be an object with named parts.")
        value = data.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{where} needs a “{name}”.")
        return value

    def read_key(self, data: Any, where: str) -> str:
        key = self.read_text(data, "key", where)
        if not KEY_PATTERN.fullmatch(key):
            raise self.error(f"{where}: the key “{key}” may contain only letters, digits and underscores.")
        return key

    def read_items(self, data: Any, name: str, where: str) -> list[Any]:
        value = data.get(name) if isinstance(data, Mapping) else None
        if not isinstance(value, list):
            raise self.error(f"{where} needs a list of “{name}”.")
        return value

    def read_optional_items(self, data: Mapping[str, Any], name: str, where: str) -> list[Any]:
        value = data.get(name, [])
        if not isinstance(value, list):
            raise self.error(f"{where}: “{name}” has to be a list.")
        return value

    def read_texts(self, data: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
        items = self.read_optional_items(data, name, where)
        if not all(isinstance(item, str) for item in items):
            raise self.error(f"{where}: “{name}” has to be a list of texts.")
        return tuple(items)

    def refuse_repeated(self, values: Sequence[str], what: str) -> None:
        repeated = {value for value in values if values.count(value) > 1}
        if repeated:
            raise self.error(f"The {what} “{min(repeated)}” is used more than once.")
