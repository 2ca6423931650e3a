"""Which device a Whisper model runs on, in which precision, and how many windows make a batch there."""

import torch
from torch import nn
from whisper.model import ModelDimensions, Whisper

CPU_BATCH_WINDOWS = 8  # more gain nothing, and are lost when a worker is killed
MAX_BATCH_WINDOWS = 64
GPU_MEMORY_SHARE = 0.5  # of a GPU's memory, for the caches of the windows; the rest is for the model and its work
ENCODER_FRAMES = 1500


def choose_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def choose_precision(device: torch.device) -> torch.dtype:
    return torch.float16 if device.type == "cuda" else torch.float32


def convert_precision(model: Whisper, dtype: torch.dtype) -> Whisper:
    """Norms stay as they are: Whisper always calculates them in single precision."""
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Conv1d | nn.Embedding):
            module.to(dtype)
    return model


def choose_batch_size(device: torch.device, dims: ModelDimensions) -> int:
    """By the GPU's total memory, not its free memory: a resumed job must have the same batches."""
    if device.type != "cuda":
        return CPU_BATCH_WINDOWS
    return count_windows_in_memory(torch.cuda.get_device_properties(device).total_memory, dims)


def count_windows_in_memory(memory_bytes: int, dims: ModelDimensions) -> int:
    bytes_per_window = 2 * 2 * dims.n_text_layer * dims.n_text_state * (ENCODER_FRAMES + dims.n_text_ctx)
    most = int(GPU_MEMORY_SHARE * memory_bytes / bytes_per_window)
    return min(MAX_BATCH_WINDOWS, max(1, 1 << max(0, most.bit_length() - 1)))
