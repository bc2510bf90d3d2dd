"""Commands by which a person decides about films: quarantine, conflicts, findings that come later, withdrawal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from radiographs import findings, settings
from radiographs.places import Places

if TYPE_CHECKING:
    from radiographs.records.decisions import Desk
    from radiographs.settings import Settings

quarantine_app = typer.Typer(no_args_is_help=True, help="Look at what was not admitted, and decide about it.")

Id = Annotated[str, typer.Argument(help="The id that `quarantine list` shows, or its beginning.")]
Because = Annotated[str, typer.Option(help="Why, for the record; name no patient.")]


def add_to(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.add_typer(quarantine_app, name="quarantine")
    app.command()(label)
    app.command()(withdraw)


@quarantine_app.command("list")
def quarantine_list() -> None:
    """List what waits for a person: films that were not admitted, and conflicts between two findings."""
    from flows import display
    from radiographs.records.catalogue import Catalogue

    with Catalogue.open(settings.read().catalogue_address) as catalogue:
        display.waiting(catalogue.list_quarantine(), catalogue.list_conflicts())


@quarantine_app.command("show")
def quarantine_show(key: Id) -> None:
    """Show all that is known of a quarantined film or a conflict."""
    from flows import display
    from radiographs.records import decisions
    from radiographs.records.catalogue import Catalogue

    chosen = settings.read()
    with Catalogue.open(chosen.catalogue_address) as catalogue:
        display.record(decisions.show(catalogue, key, _desk(chosen)))


@quarantine_app.command("release")
def quarantine_release(
    key: Id,
    because: Because,
    finding: Annotated[str | None, typer.Option(help="The finding that is right.")] = None,
) -> None:
    """Admit a quarantined film in spite of its reason, or settle a conflict by the finding that is right."""
    from flows import display
    from radiographs.records import decisions
    from radiographs.records.catalogue import Catalogue

    chosen = settings.read()
    with Catalogue.open(chosen.catalogue_address) as catalogue:
        done = decisions.release(catalogue, key, _desk(chosen), because=because, finding=finding)
    if done is None:
        display.say(f"settled: {finding}")
    else:
        display.admission(done)


@quarantine_app.command("discard")
def quarantine_discard(key: Id, because: Because) -> None:
    """Erase a quarantined film for good, or leave the films of a conflict out for good."""
    from flows import display
    from radiographs.records import decisions
    from radiographs.records.catalogue import Catalogue

    chosen = settings.read()
    with Catalogue.open(chosen.catalogue_address) as catalogue:
        decisions.discard(catalogue, key, _desk(chosen), because=because)
    display.say("discarded")


def label(
    table: Annotated[Path, typer.Argument(help="CSV or XLSX with a finding and a patient, accession or study id.")],
    mapping: Annotated[Path | None, typer.Option(help="YAML or CSV from local words to findings.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the films came from, if the table does not say.")] = None,
) -> None:
    """Join findings to films that were admitted without one, or correct them, by patient, accession or study id."""
    from flows import display
    from radiographs.records import label_table, labelling
    from radiographs.records.catalogue import Catalogue

    chosen = settings.read()
    known = findings.read(chosen.findings_file)
    words = label_table.read_mapping(mapping, known) if mapping else {}
    read = label_table.read(table, known, words, source=source)
    with Catalogue.open(chosen.catalogue_address) as catalogue:
        summary = labelling.apply(catalogue, read.rows, _desk(chosen).place.key, seed=chosen.seed)
    display.labelling(read, summary)


def withdraw(
    because: Because,
    film: Annotated[str | None, typer.Argument(help="A film's id or its beginning.")] = None,
    patient: Annotated[str | None, typer.Option(help="All films of this patient instead; needs --source.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the patient's films came from.")] = None,
) -> None:
    """Erase a film, or a patient's films, and all that was derived from them; list the models that learnt from them."""
    from flows import display
    from radiographs.records import withdrawal
    from radiographs.records.catalogue import Catalogue
    from radiographs.records.identity import Pseudonyms

    if bool(film) == bool(patient and source):
        raise typer.BadParameter("name a film's id, or --patient together with --source")
    chosen = settings.read()
    key = _desk(chosen).place.key
    with Catalogue.open(chosen.catalogue_address) as catalogue:
        films = (
            withdrawal.find(catalogue, film)
            if film
            else withdrawal.of_patient(catalogue, Pseudonyms(key, source or "").patient(patient or ""))
        )
        done = withdrawal.withdraw(catalogue, films, Places(chosen.root), because=because)
    display.withdrawal(done)


def _desk(chosen: Settings) -> Desk:
    """Where decisions are carried out."""
    from radiographs.records.decisions import Desk
    from tasks.catalogue import Custody

    places = Places(chosen.root)
    place = Custody(places, chosen.pseudonym_key, chosen.keep_identified, chosen.catalogue_address).workplace()
    return Desk(place, places.quarantine, findings.read(chosen.findings_file), chosen.seed)
