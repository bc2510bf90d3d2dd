"""The command line: each command is one flow, one process or one look at the state."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows import cli_models, cli_records, cli_training, environment
from radiographs import settings
from radiographs.errors import Refusal
from radiographs.network.fit_settings import Balance
from radiographs.network.oracles import Method
from radiographs.network.recipe import Start

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Keeps a chest-radiograph classifier current, honest and served. Research use only, not a medical device.",
)
cli_records.add_to(app)
cli_training.add_to(app)
cli_models.add_to(app)

Table = Annotated[Path | None, typer.Option("--metadata", help="CSV or XLSX table; metadata.csv is found by itself.")]
Source = Annotated[str | None, typer.Option(help="Hospital or data set, where the table does not say.")]


def main() -> None:
    """Runs a command; a refusal is one sentence on standard error and exit code 1, never a traceback."""
    try:
        app(standalone_mode=False)
    except Refusal as refusal:
        sys.stderr.write(f"Error: {refusal}\n")
        sys.exit(1)
    except typer.Exit as done:
        sys.exit(done.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("Stopped.\n")
        sys.exit(130)
    except Exception as error:
        if not hasattr(error, "show"):
            raise
        error.show()  # typer's own usage errors draw themselves
        sys.exit(2)


def _ready_for_flows() -> None:
    """Environment first, because Prefect reads it when it is imported."""
    chosen = settings.read()
    environment.prepare(chosen)
    environment.quieten_flows()
    environment.choose_server(chosen)


@app.command()
def admit(
    path: Annotated[Path | None, typer.Argument(help="Folder to admit; the inbox if not named.")] = None,
    metadata: Table = None,
    source: Source = None,
    dicomweb: Annotated[str | None, typer.Option(help="DICOMweb address of a PACS, instead of a folder.")] = None,
    query: Annotated[list[str] | None, typer.Option(help="QIDO filter as key=value, e.g. StudyDate=20260101-.")] = None,
) -> None:
    """Admit a folder of radiographs, or what a PACS has that is new, or quarantine them with the reason."""
    _ready_for_flows()
    from flows import deliveries, display
    from flows.admit import admit as flow

    # Checked here, since the server keeps what a flow is given before the flow can refuse it.
    asked = deliveries.asked(settings.read(), dicomweb, query)
    display.admission(flow(path, metadata, source, asked.dicomweb, asked.query))


@app.command()
def retrain(
    inbox: Annotated[Path | None, typer.Option(help="Folder to admit first; the inbox if not named.")] = None,
    metadata: Table = None,
    source: Source = None,
    backbone: Annotated[str | None, typer.Option(help="LeNet-5 or any of keras.applications.")] = None,
    weights: Annotated[str | None, typer.Option(help="imagenet, none, or a weights file.")] = None,
    side_px: Annotated[int | None, typer.Option("--side", help="Side of the prepared film in pixels.")] = None,
    trials: Annotated[int | None, typer.Option(help="Heads that the search tries.", min=1)] = None,
    search: Annotated[Method | None, typer.Option(help="random, bayesian or hyperband.")] = None,
    folds: Annotated[int | None, typer.Option(help="Of train, in which each head is tried; 1 for none.", min=1)] = None,
    fine_trials: Annotated[int | None, typer.Option(help="Ways of fine-tuning that are tried after it.", min=0)] = None,
    epochs: Annotated[int, typer.Option(help="At most, for the head or a network from scratch.")] = 30,
    fine_tune_epochs: Annotated[int, typer.Option(help="At most, a stage; 0 leaves the backbone as it came.")] = 4,
    balance: Annotated[Balance, typer.Option(help="weights, sampling, focal or none.")] = "weights",
    by_source: Annotated[bool, typer.Option(help="Each source of a finding is drawn equally often.")] = False,
    augmentation: Annotated[float | None, typer.Option(help="Changes of films while fitting; 0 for none.")] = None,
    start: Annotated[Start | None, typer.Option(help="fresh, or champion: from its weights.")] = None,
    force: Annotated[bool, typer.Option(help="Train even if nothing is new.")] = False,
) -> None:
    """Admit what is new and, if the cohort or the recipe changed, train, judge and perhaps promote."""
    _ready_for_flows()
    from flows import display
    from flows.retrain import retrain as flow

    outcome = flow(
        inbox=inbox,
        metadata=metadata,
        source=source,
        backbone=backbone,
        weights=weights,
        side_px=side_px,
        trials=trials,
        search=search,
        folds=folds,
        fine_trials=fine_trials,
        epochs=epochs,
        fine_tune_epochs=fine_tune_epochs,
        balance=balance,
        by_source=by_source,
        augmentation=augmentation,
        start=start,
        force=force,
    )
    display.outcome(outcome)


@app.command()
def demo() -> None:
    """The whole loop on synthetic films: admit, train, judge, promote, serve, answer. No data, weights or server."""
    from flows.demo import run

    run()


@app.command()
def phantoms(
    folder: Path,
    n: Annotated[int, typer.Option("-n", help="How many films.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 0,
    side_px: Annotated[int, typer.Option("--side", help="Side of a film in pixels.", min=32)] = 256,
    spoiled: Annotated[bool, typer.Option(help="Add a handful of bad files.")] = False,
) -> None:
    """Write synthetic radiographs with masks and a metadata table, ready for `admit`."""
    from flows import display
    from radiographs import findings
    from radiographs.imaging import phantom_batches

    batch = phantom_batches.write_batch(
        folder, n, seed, side_px=side_px, findings=findings.read(settings.read().findings_file).names, spoiled=spoiled
    )
    display.say(f"{batch.n_films} phantoms and {len(batch.spoiled)} bad files in {batch.folder}")


@app.command()
def serve(
    follow: Annotated[bool, typer.Option(help="Follow the champion as it changes.")] = False,
    port: Annotated[int | None, typer.Option(help="RADIOGRAPHS_SERVICE_PORT if not named.")] = None,
) -> None:
    """Serve the champion on loopback: the web page at /, the API at /predict and /explain."""
    from flows import processes

    processes.serve(settings.read(), follow=follow, port=port)


@app.command()
def worker() -> None:
    """Wait for the Prefect server, apply prefect.yaml and run what it schedules."""
    from flows import processes

    processes.worker(settings.read())


@app.command()
def up() -> None:
    """Start Prefect server, MLflow, worker and service together on loopback; Ctrl-C stops them all."""
    from flows import processes

    processes.up(settings.read())
