"""The manifest seals a bundle: what the classifier is, and the checksum of every file that it answers from."""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from radiographs.errors import InvalidBundle, InvalidFindings, InvalidSettings
from radiographs.findings import Findings
from radiographs.imaging.preprocessing import Preparation
from radiographs.runtime.thresholds import Thresholds

FILE = "bundle.json"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a bundle must know to answer, and where it came from.

    Attributes:
        findings: position is the index of a logit.
        preparation: from decoded pixels to the graph's input.
        backbone: name in the table of backbones.
        weights_digest: sha256 over the backbone's initial weight values.
        temperature: logits are divided by it before softmax; above 0.
        cohort_digest: what the classifier was fitted on.
        parity: largest differences from Keras, by output.
        precision: numeric type of the graph.
        thresholds: what scores are put to; None in a bundle that is not finished.
    """

    findings: Findings
    preparation: Preparation
    backbone: str
    weights_digest: str
    temperature: float
    cohort_digest: str
    parity: dict[str, float] = field(hash=False)
    precision: str = "f32"
    thresholds: Thresholds | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise ValueError(f"expected a finite temperature above 0, got {self.temperature}")


def seal(folder: Path, manifest: Manifest) -> str:
    """Writes bundle.json with the manifest and the sha256 of every other file; sealing again replaces it.

    Returns:
        The bundle's digest (hex): of contents and relative names only, so neither times nor the folder's place matter.

    Raises:
        InvalidBundle: the folder holds nothing to seal.
    """
    files = {path.relative_to(folder).as_posix(): _digest(path) for path in _files(folder)}
    if not files:
        raise InvalidBundle(f"{folder} holds no file to seal; export a graph into it first")
    content = {"format": FORMAT, "manifest": _as_dict(manifest), "files": files}
    text = json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    temporary = folder / f".{FILE}.{os.getpid()}"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(folder / FILE)
    return digest_of(folder)


def digest_of(folder: Path) -> str:
    """The digest of a sealed bundle: sha256 (hex) of its bundle.json.

    Raises:
        InvalidBundle: there is no bundle.json.
    """
    return hashlib.sha256(_sealed_bytes(folder)).hexdigest()


def read(folder: Path) -> Manifest:
    """The manifest of a bundle whose files are not looked at.

    Raises:
        InvalidBundle: bundle.json is missing or not of this format.
    """
    return _parsed(folder)[0]


def read_verified(folder: Path) -> Manifest:
    """The manifest of a bundle, once every file was found as it was sealed.

    Raises:
        InvalidBundle: bundle.json is missing or unreadable, or a file is missing or altered; the file is named.
    """
    manifest, files = _parsed(folder)
    for name, sealed in sorted(files.items()):
        path = folder / name
        if not path.is_file():
            raise InvalidBundle(f"bundle {folder}: {name} is missing; restore it or package the model again")
        if _digest(path) != sealed:
            raise InvalidBundle(
                f"bundle {folder}: {name} was altered since it was sealed; restore it or package the model again"
            )
    return manifest


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_seal(path.name))


def _is_seal(name: str) -> bool:
    return name == FILE or name.startswith(f".{FILE}.")


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _as_dict(manifest: Manifest) -> dict[str, Any]:
    put_to = {} if manifest.thresholds is None else {"thresholds": manifest.thresholds.as_dict()}
    return put_to | {
        "findings": yaml.safe_load(manifest.findings.as_yaml()),
        "preparation": manifest.preparation.as_dict(),
        "backbone": manifest.backbone,
        "weights_digest": manifest.weights_digest,
        "temperature": float(manifest.temperature),
        "cohort_digest": manifest.cohort_digest,
        "parity": {name: float(value) for name, value in manifest.parity.items()},
        "precision": manifest.precision,
    }


def _sealed_bytes(folder: Path) -> bytes:
    try:
        return (folder / FILE).read_bytes()
    except OSError as error:
        raise InvalidBundle(f"{folder} is no bundle: {FILE} is missing or cannot be read") from error


def _parsed(folder: Path) -> tuple[Manifest, dict[str, str]]:
    try:
        content = json.loads(_sealed_bytes(folder))
        if content["format"] != FORMAT:
            raise InvalidBundle(f"bundle {folder}: expected format {FORMAT}, got {content['format']!r}")
        files = {str(name): str(digest) for name, digest in content["files"].items()}
        return _from_dict(content["manifest"]), files
    except (ValueError, KeyError, TypeError, AttributeError, InvalidFindings, InvalidSettings) as error:
        raise InvalidBundle(f"bundle {folder}: {FILE} is not as it was written ({error})") from error


def _from_dict(content: dict[str, Any]) -> Manifest:
    findings = content["findings"]
    return Manifest(
        findings=Findings(tuple(findings["findings"]), findings["guarded"], dict(findings["synonyms"])),
        preparation=Preparation.from_dict(content["preparation"]),
        backbone=str(content["backbone"]),
        weights_digest=str(content["weights_digest"]),
        temperature=float(content["temperature"]),
        cohort_digest=str(content["cohort_digest"]),
        parity={str(name): float(value) for name, value in content["parity"].items()},
        precision=str(content["precision"]),
        thresholds=Thresholds.from_dict(content["thresholds"]) if "thresholds" in content else None,
    )
