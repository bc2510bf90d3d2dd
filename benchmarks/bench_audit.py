"""How often the audit catches a planted shortcut, and how often it accuses a model that took none, on phantoms."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import report
from radiographs import findings
from radiographs.evaluation import intervals, release_rule
from radiographs.evaluation.audits import asking
from radiographs.evaluation.audits.asking import Audited
from radiographs.evaluation.audits.shortcuts import Shortcuts
from radiographs.evaluation.checks import shortcuts as checks
from radiographs.evaluation.release_rule import ReleaseRule
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
KINDS = ("clean", "mark", "border", "source")
CLEAN_FROM = 20  # clean models of the first seeds have had a say in two limits, see docs/decisions/0011
LEAST_CAUGHT, MOST_ACCUSED = 0.9, 0.1  # of models with something planted, and of clean ones
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


def one(kind: str, seed: int, epochs: int) -> Row:
    """Fits and audits one model; the same kind and seed give the same figures."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    first = 1_000_000 * (seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        bundle = fitted(Path(folder), drawn(first, TRAIN, kind), drawn(first + TRAIN, WATCHED, kind), seed, epochs)
        found, accuracy = audited(bundle, drawn(first + TRAIN + WATCHED, AUDITED, kind), seed)
    return Row(kind, seed, accuracy, found)


@dataclass(frozen=True)
class Row:
    """One model: what was planted in its films, its accuracy on films like those, and what the audit found."""

    kind: str
    seed: int
    accuracy: float
    found: Shortcuts

    def as_line(self) -> str:
        content = {"kind": self.kind, "seed": self.seed, "accuracy": self.accuracy, "found": self.found.to_json()}
        return json.dumps(content)

    @classmethod
    def from_line(cls, line: str) -> Row:
        content = json.loads(line)
        return cls(content["kind"], content["seed"], content["accuracy"], Shortcuts.from_json(content["found"]))

    def failed(self, rule: ReleaseRule) -> set[str]:
        """The checks that hold or reject by the shipped rule."""
        return {each.check for each in checks.on_audit(rule, self.found) if each.consequence in ("holds", "rejects")}

    def warned(self, rule: ReleaseRule) -> set[str]:
        """The checks that only warn."""
        return {each.check for each in checks.on_audit(rule, self.found) if each.consequence == "warns"}


def tell(rows: list[Row], rule: ReleaseRule) -> None:
    """Prints a Markdown table: how many models of each kind each check stopped, then how many any check did."""
    kinds = [kind for kind in KINDS if any(row.kind == kind for row in rows)]
    by_kind = {kind: [row for row in rows if row.kind == kind] for kind in kinds}
    sizes = {kind: len(found) for kind, found in by_kind.items()}
    print("| check | " + " | ".join(f"{kind} (n={sizes[kind]})" for kind in kinds) + " |")
    print("|---|" + "---|" * len(kinds))
    names = [each.check for each in checks.on_audit(rule, rows[0].found)]
    for name in names:
        cells = []
        for kind in kinds:
            failed = sum(name in row.failed(rule) for row in by_kind[kind])
            warned = sum(name in row.warned(rule) for row in by_kind[kind])
            cells.append(f"{failed}" + (f" (+{warned} warned)" if warned else ""))
        print(f"| {name.removeprefix('Audit: ')} | " + " | ".join(cells) + " |")
    print("| **any check stopped it** | " + " | ".join(share(rows, kind, rule) for kind in kinds) + " |")
    print("| accuracy, mean | " + " | ".join(f"{np.mean([r.accuracy for r in by_kind[k]]):.2f}" for k in kinds) + " |")


def stopped(rows: list[Row], kind: str, rule: ReleaseRule) -> list[bool]:
    return [bool(row.failed(rule)) for row in rows if row.kind == kind]


def share(rows: list[Row], kind: str, rule: ReleaseRule) -> str:
    """How many were stopped, and the share with Wilson's interval."""
    found = stopped(rows, kind, rule)
    ends = intervals.wilson(float(np.mean(found)), len(found))
    return f"**{sum(found)} of {len(found)}** [{ends.low:.2f}, {ends.high:.2f}]"


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--epochs", type=int, default=80)
    asked.add_argument("--kinds", nargs="*", default=list(KINDS))
    asked.add_argument("--rows", type=Path, help="a file that keeps what was found; what it holds is not done again")
    chosen = asked.parse_args()
    rule = release_rule.read(Path(__file__).parents[1] / "expectations" / "release.yaml")
    rows = []
    if chosen.rows and chosen.rows.is_file():
        rows = [Row.from_line(line) for line in chosen.rows.read_text().splitlines()]
    done = {(row.kind, row.seed) for row in rows}
    for number in range(chosen.first, chosen.first + chosen.seeds):
        for kind in chosen.kinds:
            seed = number + (CLEAN_FROM if kind == "clean" else 0)
            if (kind, seed) in done:
                continue
            rows.append(one(kind, seed, chosen.epochs))
            if chosen.rows:
                with chosen.rows.open("a") as file:
                    file.write(rows[-1].as_line() + "\n")
    tell(rows, rule)
    caught = {kind: float(np.mean(stopped(rows, kind, rule))) for kind in chosen.kinds}
    ok = all(rate >= LEAST_CAUGHT for kind, rate in caught.items() if kind != "clean")
    ok = ok and caught.get("clean", 0.0) <= MOST_ACCUSED
    limits = {"planted_at_least": LEAST_CAUGHT, "clean_at_most": MOST_ACCUSED}
    return report.emit("audit", caught | {"models": len(rows)}, limits, ok)


if __name__ == "__main__":
    sys.exit(main())
