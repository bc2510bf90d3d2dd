"""The history of champions: who or what moved each model there, why, and which one stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from radiographs.errors import NoEarlierChampion
from radiographs.records.catalogue import Catalogue
from radiographs.records.entries import ModelMove
from radiographs.records.schema import MoveRow

RELEASE_RULE = "release rule"  # who promotes where no person did


@dataclass(frozen=True)
class StepBack:
    """A champion to go back to, and the one that it replaces."""

    version: str
    previous_version: str


def record_move(catalogue: Catalogue, move: ModelMove) -> None:
    """Adds a move to the history; nothing that stands there is ever changed."""
    said = asdict(move)
    del said["id"]
    with catalogue.writing() as session:
        session.add(MoveRow(**said))


def list_moves(catalogue: Catalogue) -> tuple[ModelMove, ...]:
    """All moves, oldest first."""
    with catalogue.reading() as session:
        rows = session.scalars(select(MoveRow).order_by(MoveRow.id))
        return tuple(ModelMove(**{name: getattr(row, name) for name in ModelMove.__dataclass_fields__}) for row in rows)


def step_back(moves: Sequence[ModelMove], champion: str) -> StepBack:
    """The champion before this one; from there the next call leads further back, and never forth again.

    A champion that stands right below the newest one on record got there by a step back that was not finished: the
    answer is that same step.

    Args:
        moves: the history, oldest first.
        champion: version that is champion now; one that no move tells of is taken for the newest.

    Raises:
        NoEarlierChampion: nothing on record was champion before.
    """
    line = _line(moves)
    if champion in line[-2:-1]:
        return StepBack(champion, line[-1])
    if champion not in line[-1:]:
        line.append(champion)
    if len(line) == 1:
        raise NoEarlierChampion(
            f"version {champion} is the first champion on record, so there is none to go back to; "
            "`radiographs history` lists every move, and `radiographs promote` the models that wait for approval"
        )
    return StepBack(line[-2], champion)


def _line(moves: Sequence[ModelMove]) -> list[str]:
    """The champions one upon the other, the first at the bottom; a step back takes off what lies above."""
    line: list[str] = []
    for move in moves:
        if move.action == "rolled back":
            line = _down_to(move.version, line)
        else:
            line = _down_to(move.previous_version, line) if move.previous_version else line
            line = [*line, move.version]
    return line


def _down_to(version: str, line: list[str]) -> list[str]:
    """The line with that version on top: what lies above went by a step that is not on record, or it is new to it."""
    if version not in line:
        return [*line, version]
    return line[: len(line) - line[::-1].index(version)]
