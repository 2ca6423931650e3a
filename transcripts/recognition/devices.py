"""Where a Whisper model runs, in which precision, and how many windows go through it together there."""

import torch
from torch import nn
from whisper.model import ModelDimensions, Whisper

CPU_BATCH_WINDOWS = 8  # more gain nothing there, and are lost when a worker is killed
MAX_BATCH_WINDOWS = 64
GPU_MEMORY_SHARE = (
    0.5  # of a graphics card's memory, for what is kept of each window; the rest is the model and its work
)
ENCODER_FRAMES = 1500


def choose_device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def choose_precision(device: torch.device) -> torch.dtype:
    return torch.float16 if device.type == "cuda" else torch.float32


def convert_precision(model: Whisper, dtype: torch.dtype) -> Whisper:
    """The model with its large weights in another precision, once and not at every step.

    Norms stay as they are: Whisper reckons them in single precision whatever comes in.
    """
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Conv1d | nn.Embedding):
            module.to(dtype)
    return model


def choose_batch_size(device: torch.device, dims: ModelDimensions) -> int:
    """A power of two. By the card's whole memory, not by what is free: a resumed job must cut the same batches."""
    if device.type != "cuda":
        return CPU_BATCH_WINDOWS
    return count_windows_in_memory(torch.cuda.get_device_properties(device).total_memory, dims)


def count_windows_in_memory(memory_bytes: int, dims: ModelDimensions) -> int:
    """How many windows' keys and values (of the sound and of the text) have room in so much memory."""
    for_each = 2 * 2 * dims.n_text_layer * dims.n_text_state * (ENCODER_FRAMES + dims.n_text_ctx)
    most = int(GPU_MEMORY_SHARE * memory_bytes / for_each)
    return min(MAX_BATCH_WINDOWS, max(1, 1 << max(0, most.bit_length() - 1)))
