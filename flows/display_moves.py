"""How commands show the champion's moves, and the models that wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flows import display

if TYPE_CHECKING:
    from flows.moves import Moved
    from radiographs.records.entries import ModelMove
    from tasks.moving import Held

SHOWN_RUN = 12


def moved(done: Moved) -> None:
    """Who is champion now, instead of whom, and what to know of it."""
    move = done.move
    if done.bento:
        display.heading(f"Version {move.version} is champion now")
        display.say(f"  {move.action:<14} by {move.by}: {move.because}")
        display.say(f"  before         {_version(move.previous_version)}")
        display.say(f"  bundle         {move.bundle}")
        display.say(f"  Bento          {done.bento}")
    else:
        display.heading(f"Version {move.version} is champion already; nothing was changed")
        display.say(f"  {move.action:<14} by {move.by}: {move.because}")
    for words in done.cautions:
        display.say(f"  caution        {words}")
    if done.newer:
        display.say(f"Newer versions are registered: {', '.join(done.newer)}.")


def waiting(held: Iterable[Held]) -> None:
    """Each held model with what held it, and how to approve one."""
    models = tuple(held)
    if not models:
        display.say("Nothing waits for a decision.")
        return
    for each in models:
        display.heading(f"Version {each.model.version} waits since {each.at:%Y-%m-%d %H:%M} UTC")
        display.say(f"  MLflow run     {each.model.run_id}")
        for words in each.cautions:
            display.say(f"  held because   {words}")
        display.say(f"  report         {display.shown(each.report)}")
    display.say('\nTo approve one: radiographs promote --approve VERSION --by "NAME" --because "REASON"')


def history(moves: Iterable[ModelMove]) -> None:
    """One line a move, oldest first."""
    listed = tuple(moves)
    if not listed:
        display.say("No model was champion yet, or none since moves are recorded.")
    for move in listed:
        display.say(
            f"{move.at:%Y-%m-%d %H:%M}  {move.action:<11}  version {move.version} (before: "
            f"{_version(move.previous_version)}), run {move.run_id[:SHOWN_RUN]}, verdict {move.verdict}, "
            f"by {move.by}: {move.because}"
        )


def _version(version: str) -> str:
    return f"version {version}" if version else "none"
