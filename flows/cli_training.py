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
    app.command("across-sources")(across_sources)


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


def across_sources(
    backbone: Annotated[str | None, typer.Option(help="LeNet-5 or any of keras.applications.")] = None,
    weights: Annotated[str | None, typer.Option(help="imagenet, none, or a weights file.")] = None,
    side_px: Annotated[int | None, typer.Option("--side", help="Side of the prepared film in pixels.")] = None,
    epochs: Annotated[int, typer.Option(help="At most, for a head or a network from scratch.")] = 30,
    fine_tune_epochs: Annotated[int, typer.Option(help="At most, a stage, for whole networks.")] = 4,
    whole: Annotated[bool, typer.Option(help="Fit head and backbone: a retrain for each source and fold.")] = False,
) -> None:
    """Fit again without each source and ask about that source: what is left in a hospital never seen."""
    chosen = settings.read()
    environment.prepare(chosen)
    environment.quieten_flows()
    environment.choose_server(chosen)
    from flows import display
    from flows.across import across as flow
    from radiographs.evaluation import across_sources

    done = flow(backbone, weights, side_px, epochs, fine_tune_epochs, whole)
    display.heading("In a source never seen, on train and tune (95 % intervals)")
    display.table(across_sources.HEADINGS, [claim.as_row() for claim in done.claims])
    display.say(f"  kept in        {display.shown(done.file)}")


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
