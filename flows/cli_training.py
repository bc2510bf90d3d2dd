"""Commands about training that make no model: the benchmark of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows import environment
from radiographs import settings

if TYPE_CHECKING:
    from flows.benchmark import Benchmarked


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(benchmark)


def benchmark(
    backbones: Annotated[
        list[str] | None,
        typer.Argument(help="Each NAME or NAME=WEIGHTS (imagenet, none or a file); LeNet-5 and the set one if none."),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(help="SETTING=VALUE,VALUE of side_px, epochs, films, border, fit, marks, contrast or lungs."),
    ] = None,
    films: Annotated[int, typer.Option(help="Drawn of each finding, at most.")] = 500,
    folds: Annotated[int, typer.Option(help="Each film is answered by a network fitted on the others.")] = 5,
    epochs: Annotated[int, typer.Option(help="At most, for a head or a network from scratch.")] = 30,
    side_px: Annotated[int | None, typer.Option(help="Of prepared films, at most.")] = None,
) -> None:
    """Compare networks, or settings of one, on the same films out of fold; held-out films have no part in it."""
    chosen = settings.read()
    environment.prepare(chosen)
    environment.quieten_flows()
    environment.choose_server(chosen)
    from flows.benchmark import benchmark as flow

    _show(flow(backbones or None, vary or None, films, folds, epochs, side_px))


def _show(done: Benchmarked) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from flows import display
    from radiographs.evaluation import leaderboard_page

    display.heading(done.board.headline)
    table = Table(*leaderboard_page.HEADINGS, box=SIMPLE_HEAD, pad_edge=False)
    for row in done.board.standings:
        table.add_row(*map(Text, leaderboard_page.cells(row)))
    Console(highlight=False, width=max(display.console.width, display.TABLE_WIDTH)).print(table)
    display.say(done.board.advice)
    display.say(done.board.against_sources)
    display.say(f"  page           {display.shown(done.page)}")
    display.say(f"  MLflow run     {done.run_id}")
