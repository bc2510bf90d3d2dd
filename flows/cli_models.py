"""Commands by which a person decides about models: approve a held one, go back to the champion before, look back."""

from __future__ import annotations

from typing import Annotated

import typer

from flows import environment
from radiographs import settings

By = Annotated[str, typer.Option(help="Name of the person who decides.")]
Because = Annotated[str, typer.Option(help="Why, for the record; name no patient.")]


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(promote)
    app.command()(rollback)
    app.command()(history)
    app.command()(report)


def promote(
    approve: Annotated[
        str | None, typer.Option(metavar="RUN", help="Version, or MLflow run id or its first 8 characters.")
    ] = None,
    by: By = "",
    because: Because = "",
) -> None:
    """List the held models that wait for a person, or approve one: it becomes champion as if the rule had said so."""
    if approve is None and (by or because):
        raise typer.BadParameter("--by and --because sign an approval: name the model with --approve")
    _ready()
    from flows import display_moves, moves
    from tasks import moving

    if approve is None:
        display_moves.waiting(moving.waiting(moves.site(settings.read())))
        return
    from flows.approve import approve as flow

    display_moves.moved(flow(approve, by, because))


def rollback(by: By = "", because: Because = "") -> None:
    """Go back to the champion before this one; again, to the one before that."""
    _ready()
    from flows import display_moves
    from flows.rollback import rollback as flow

    display_moves.moved(flow(by, because))


def report(
    model: Annotated[
        str, typer.Argument(help="champion, challenger, a version, or 8 characters of a run id or bundle.")
    ] = "champion",
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Show the figures and the verdict of a model, and where its page lies; fetched from MLflow where it is gone."""
    _ready()
    from flows import display, moves
    from tasks import judgements, registry

    at = moves.site(settings.read())
    version = registry.asked_for(at.tracking, model)
    folder = judgements.report_on(at.tracking, at.places, version)
    display.heading(f"Model {version.version}, bundle {version.bundle[:12]}")
    display.scorecard(judgements.scorecard_in(folder))
    display.verdict(judgements.verdict_on(at.places, version))
    page = folder / judgements.REPORT
    display.say(f"  report         {display.shown(page)}")
    if open_page:
        import webbrowser

        webbrowser.open(page.as_uri())


def history() -> None:
    """Show every move of the champion: when, which version, by whom and why."""
    from flows import display_moves
    from radiographs.records import model_moves
    from radiographs.records.catalogue import Catalogue

    with Catalogue.open(settings.read().catalogue_address) as catalogue:
        display_moves.history(model_moves.list_moves(catalogue))


def _ready() -> None:
    """Environment first, because Prefect reads it when it is imported."""
    chosen = settings.read()
    environment.prepare(chosen)
    environment.quieten_flows()
    environment.choose_server(chosen)
