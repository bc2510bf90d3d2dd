"""A progress bar for the one long loop inside a task, silent where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int], None]


@contextmanager
def bar(description: str, total: int) -> Iterator[Advance]:
    """Yields `advance(n)`; draws on standard error only, and only when it is a terminal or a person asked for it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=total == 0, refresh_per_second=4) as progress:
        shown = progress.add_task(description, total=total)
        yield lambda n: progress.advance(shown, n)
