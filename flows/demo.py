"""The whole loop on phantoms, in one command that needs no data, no weights and no server."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from flows import environment
from radiographs import findings, settings
from radiographs.imaging import phantom_batches, phantoms
from radiographs.places import Places
from tasks import progress

FILMS, SIDE_PX, SEED = 600, 256, 20
WHY_LENET = (
    "This demo trains LeNet-5 from scratch at 64 px: it downloads no ImageNet weights, and a larger backbone without "
    "them would learn nothing from a few hundred films. With weights at hand, `radiographs retrain --backbone "
    "MobileNetV2 --weights FILE` takes a real one."
)
DEMO_SETTINGS = {"RADIOGRAPHS_BACKBONE": "LeNet-5", "RADIOGRAPHS_WEIGHTS": "none", "RADIOGRAPHS_SIDE_PX": "64"}


def run() -> None:
    """Draws phantoms, retrains on them, starts the built Bento, asks it one film and stops it."""
    home = settings.read().root / "demo"
    os.environ.update(DEMO_SETTINGS | {"RADIOGRAPHS_HOME": str(home)})
    places = environment.prepare(settings.read())
    environment.quieten_flows()
    os.environ.pop("PREFECT_API_URL", None)  # no server is needed, and one that is up is not to hear of phantoms

    from flows import display
    from flows.retrain import retrain

    display.say("Research use only, not a medical device. All films of this demo are drawn, none is of a patient.")
    inbox = _phantoms(places)
    display.say(WHY_LENET)
    outcome = retrain(inbox=inbox, trials=2, epochs=80, fine_tune_epochs=0, augmentation=0.4, reason="demo")
    display.outcome(outcome)
    if outcome.promotion is not None and outcome.promotion.bento is not None:
        _ask(outcome.promotion.bento, places)
    _next_commands(home)


def _phantoms(places: Places) -> Path:
    """The demo's films, drawn once; a half-written folder has no table and is drawn again."""
    from flows import display

    inbox = places.root / "inbox" / "phantoms"
    if (inbox / "metadata.csv").is_file():
        display.say(f"The phantoms of the last demo lie in {display.shown(inbox)}.")
        return inbox
    # Phantoms have no secrets: with a fixed key their pseudonyms, and so splits and figures, are the same each time.
    places.key_file.write_bytes(hashlib.sha256(b"phantoms").digest())
    names = findings.read(settings.read().findings_file).names
    with progress.bar("drawing phantoms", FILMS) as advance:
        batch = phantom_batches.write_batch(inbox, FILMS, SEED, side_px=SIDE_PX, findings=names, advance=advance)
    drawn = f"{batch.n_films} phantoms and {len(batch.spoiled)} spoiled files"
    display.say(f"{drawn} were drawn into {display.shown(inbox)}.")
    return inbox


def _ask(bento: str, places: Places) -> None:
    """Posts one phantom that nobody has seen to the running Bento and saves the overlay."""
    import base64
    import json

    from flows import display
    from radiographs.imaging import overlays
    from tasks import packaging

    film = overlays.to_png(phantoms.draw("COVID", SEED + 1, side_px=SIDE_PX).pixels)
    with packaging.serve_bento(bento, places.bentoml) as service:
        status, answer = service.predict(film, overlay="top")
    overlay = places.reports / "demo-overlay.png"
    overlay.write_bytes(base64.b64decode(answer.pop("overlay_png")))
    display.heading(f"The built Bento answered a COVID phantom: HTTP {status}")
    display.say(json.dumps(answer, indent=2))
    display.say(f"  overlay        {display.shown(overlay)}")


def _next_commands(home: Path) -> None:
    from flows import display

    shown = display.shown(home)
    display.heading("Try next")
    for command, what in (
        (f"RADIOGRAPHS_HOME={shown} .venv/bin/radiographs serve", "the web page, on http://127.0.0.1:3000"),
        (".venv/bin/radiographs admit FOLDER --metadata TABLE.csv", "your own films"),
        ("make up", "schedules, MLflow, worker and service"),
    ):
        display.say(f"  {command:<58}# {what}")
