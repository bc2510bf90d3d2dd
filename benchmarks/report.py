"""The one line that each benchmark ends in."""

from __future__ import annotations

import json
from typing import Any


def emit(name: str, figures: dict[str, Any], limits: dict[str, Any], ok: bool) -> int:
    """Prints the line; returns the exit status, 0 when the limits were kept."""
    print(json.dumps({"benchmark": name, "figures": figures, "limits": limits, "ok": bool(ok)}), flush=True)
    return 0 if ok else 1
