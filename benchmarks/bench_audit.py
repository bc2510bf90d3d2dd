"""How often the audit catches a planted shortcut, and how often it accuses a model that took none, on phantoms."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from radiographs import findings
from radiographs.evaluation.audits import asking
from radiographs.evaluation.audits.asking import Audited
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.imaging import marks, phantoms, preprocessing
from radiographs.imaging.phantoms import SOURCES, Shortcut
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import classifier, export, training
from radiographs.network.fit_settings import Augmentation, FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.labelled import LabelledPixels
from radiographs.runtime import manifest
from radiographs.runtime.bundle import Bundle
from radiographs.runtime.manifest import Manifest

DRAWN_PX, SIDE_PX = 256, 64
TRAIN, WATCHED, AUDITED = 720, 160, 320
PREPARATION = Preparation(side_px=SIDE_PX)
FINDINGS = findings.read()


def drawn(first: int, n: int, kind: str) -> list[phantoms.Phantom]:
    """Films of every finding in turn, each of a patient of its own, with what is planted in those of the guarded one.

    "mark" and "border" plant a square in a corner and a frame; "source" draws all its films in one source, and those of
    other findings in others.
    """
    cue = Shortcut(FINDINGS.guarded, kind) if kind in ("mark", "border") else None  # type: ignore[arg-type]
    return [_one(first + row, row, kind == "source", cue) for row in range(n)]


def _one(seed: int, row: int, one_source: bool, cue: Shortcut | None) -> phantoms.Phantom:
    finding, turn = FINDINGS.names[row % len(FINDINGS)], row // len(FINDINGS)
    source = SOURCES[turn % len(SOURCES)]
    if one_source:
        source = SOURCES[0] if finding == FINDINGS.guarded else SOURCES[1 + turn % (len(SOURCES) - 1)]
    return phantoms.draw(finding, seed, side_px=DRAWN_PX, source=source, shortcut=cue, patient=seed)


def prepared(films: list[phantoms.Phantom]) -> np.ndarray:
    return np.stack([preprocessing.prepare(film.pixels, PREPARATION) for film in films])


def labels(films: list[phantoms.Phantom]) -> np.ndarray:
    return np.array([FINDINGS.index(film.finding) for film in films], np.int64)


def fitted(
    folder: Path, films: list[phantoms.Phantom], watched: list[phantoms.Phantom], seed: int, epochs: int
) -> Path:
    """A LeNet-5 fitted on the films, exported and sealed."""
    built = classifier.build("LeNet-5", SIDE_PX, "none", len(FINDINGS), HeadSettings(), seed)
    settings = FitSettings(epochs=epochs, augmentation=Augmentation(), seed=seed)
    shown, seen = (LabelledPixels(prepared(part), labels(part)) for part in (films, watched))
    training.fit_whole(built, shown, seen, settings, stage="from scratch")
    graph = folder / "bundle"
    parity = export.export_graph(built, np.asarray(seen.reader[:4]), graph)
    differences = {"logits": parity.logits_difference, "heatmaps": parity.heatmaps_difference}
    manifest.seal(graph, Manifest(FINDINGS, PREPARATION, "LeNet-5", built.weights_digest, 1.0, "phantoms", differences))
    return graph


def audited(bundle: Path, films: list[phantoms.Phantom], seed: int) -> tuple[Shortcuts, float]:
    """What the audit says, and the bundle's accuracy on the films as they are."""
    masked = [preprocessing.prepare(marks.mask(f.pixels, marks.find(f.pixels).regions), PREPARATION) for f in films]
    lungs = [preprocessing.prepare_mask(film.lung_mask, PREPARATION) for film in films]
    lesions = [preprocessing.prepare_mask(f.lesion_mask, PREPARATION) if f.lesion_mask.any() else None for f in films]
    loaded, pixels = Bundle.load(bundle), prepared(films)
    right = loaded.answer_prepared(pixels).scores.argmax(axis=1) == labels(films)
    told = asking.audit(
        loaded, bundle,
        Audited(pixels, np.stack(masked), "burnt-in text and lone marks masked", lungs, lesions, labels(films),
                [film.patient_id for film in films], [film.source for film in films]),
        FINDINGS, seed=seed,
    )  # fmt: skip
    return told.shortcuts, float(right.mean())


def one(kind: str, seed: int, epochs: int) -> dict[str, object]:
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    first = 1_000_000 * (seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        bundle = fitted(Path(folder), drawn(first, TRAIN, kind), drawn(first + TRAIN, WATCHED, kind), seed, epochs)
        found, accuracy = audited(bundle, drawn(first + TRAIN + WATCHED, AUDITED, kind), seed)
    figures = {o.name: None if o.figure is None else [o.figure.estimate, o.figure.low, o.figure.high]
               for o in found.observations}  # fmt: skip
    probes = {p.films: None if p.told is None else [p.told.estimate, p.told.low, p.told.high, p.chance]
              for p in found.probes}  # fmt: skip
    return {"kind": kind, "seed": seed, "accuracy": accuracy, "figures": figures, "probes": probes}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--epochs", type=int, default=80)
    asked.add_argument("--kinds", nargs="*", default=["clean", "mark", "border", "source"])
    asked.add_argument("--rows", type=Path, help="append each model's figures to this file")
    chosen = asked.parse_args()
    started = time.perf_counter()
    for seed in range(chosen.first, chosen.first + chosen.seeds):
        for kind in chosen.kinds:
            row = one(kind, seed, chosen.epochs)
            if chosen.rows:
                with chosen.rows.open("a") as file:
                    file.write(json.dumps(row) + "\n")
            print(kind, seed, round(row["accuracy"], 3), round(time.perf_counter() - started, 1), flush=True)


if __name__ == "__main__":
    main()
