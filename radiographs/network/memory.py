"""Tells whether an error means that the machine's memory, or the accelerator's, did not suffice."""

from __future__ import annotations

_NAMES = ("ResourceExhaustedError", "OutOfMemoryError")
_WORDS = ("RESOURCE_EXHAUSTED", "out of memory", "OOM when allocating")


def ran_out(error: BaseException) -> bool:
    """Whether any Keras backend, or Python, says by this error that memory ran out."""
    if isinstance(error, MemoryError) or type(error).__name__ in _NAMES:
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _WORDS)
