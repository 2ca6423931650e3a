"""Read the weights in model.bin, CTranslate2's file. Needs numpy only, and trusts nothing that the file says."""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Variables = dict[str, NDArray[np.generic]]

BINARY_VERSION = 6
SPEC_NAME, SPEC_REVISION = "WhisperSpec", 3
MAX_VARIABLES = 100_000
# CTranslate2's numbers for types. Others are rare; whisper_rebuilding.py reads half precision only.
DTYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}


class UnreadableWeightsError(Exception): ...


def read_variables(path: Path) -> Variables:
    """Views of the file, which stays open as long as one of them is used. Raises UnreadableWeightsError."""
    try:
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return _Reader(content).read_file()
    except (OSError, ValueError, struct.error, OverflowError) as error:
        raise UnreadableWeightsError(f"{path} is not a Whisper model of CTranslate2: {error}.") from error


@dataclass
class _Reader:
    content: memoryview
    position: int = 0

    def read_file(self) -> Variables:
        header = (self._read_number("<I"), self._read_text(), self._read_number("<I"))
        if header != (BINARY_VERSION, SPEC_NAME, SPEC_REVISION):
            raise ValueError(f"it starts with {header}")
        variables = dict(self._read_variable() for _ in range(self._read_count()))
        for _ in range(self._read_count()):
            alias, name = self._read_text(), self._read_text()
            variables[alias] = _get(variables, name)
        if self.position != len(self.content):
            raise ValueError("it has more after its end")
        return variables

    def _read_variable(self) -> tuple[str, NDArray[np.generic]]:
        name = self._read_text()
        shape = [self._read_number("<I") for _ in range(self._read_number("<B"))]
        if 0 in shape:
            raise ValueError(f"{name} is empty")
        dtype = DTYPES.get(self._read_number("<B"))
        if dtype is None:
            raise ValueError(f"{name} has an unknown type")
        data = self._read_bytes(self._read_number("<I"))
        return name, np.frombuffer(data, np.dtype(dtype)).reshape(shape)

    def _read_count(self) -> int:
        count = self._read_number("<I")
        if count > MAX_VARIABLES:
            raise ValueError(f"it claims {count} variables")
        return count

    def _read_text(self) -> str:
        return bytes(self._read_bytes(self._read_number("<H"))).removesuffix(b"\0").decode()

    def _read_number(self, layout: str) -> int:
        number: int = struct.unpack(layout, self._read_bytes(struct.calcsize(layout)))[0]
        return number

    def _read_bytes(self, count: int) -> memoryview:
        piece = self.content[self.position : self.position + count]
        if len(piece) != count:
            raise ValueError("it ends too early")
        self.position += count
        return piece


def _get(variables: Variables, name: str) -> NDArray[np.generic]:
    if name not in variables:
        raise ValueError(f"it has no {name}")
    return variables[name]
