"""Writes phantoms as a delivery: a folder tree with masks and a metadata table, spoiled in known ways if asked."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from radiographs.imaging import phantoms
from radiographs.imaging.phantoms import SOURCES, Phantom, Shortcut

COLUMNS = (
    "path", "finding", "source_label", "source", "patient_id", "view_position", "age", "sex", "offset_days",
    "lung_mask", "lung_mask_kind", "lesion_mask", "licence", "note",
)  # fmt: skip
FASTEST_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 1]
UNKNOWN_FINDING = "Pneumothorax"
MOST_FILMS = 90_000  # beyond, a film would share its seed with a spoiled one


@dataclass(frozen=True)
class SpoiledFile:
    """A file or row that must not be admitted as a film of its own.

    Attributes:
        name: path relative to the folder.
        why: what is wrong with it.
        quarantined: False for the second copy of a film, which is known and not wrong.
    """

    name: str
    why: str
    quarantined: bool = True


SPOILED = (
    SpoiledFile("spoiled/truncated.png", "truncated in the middle of its pixels"),
    SpoiledFile("spoiled/empty.png", "zero bytes"),
    SpoiledFile("spoiled/page.dcm", "HTML named .dcm"),
    SpoiledFile("spoiled/photograph.jpg", "a colour photograph"),
    SpoiledFile("spoiled/black.png", "all black"),
    SpoiledFile("spoiled/speck.png", "one pixel"),
    SpoiledFile("spoiled/unknown_finding.png", f"its row says {UNKNOWN_FINDING}"),
    SpoiledFile("spoiled/absent.png", "a row without file"),
    SpoiledFile("spoiled/stray.png", "a file without row"),
    SpoiledFile("spoiled/again.png", "the same film twice", quarantined=False),
)


@dataclass(frozen=True)
class PhantomBatch:
    """What was written.

    Attributes:
        folder: root of the delivery.
        metadata: its table.
        n_films: good films, each another one.
        spoiled: what was put among them.
    """

    folder: Path
    metadata: Path
    n_films: int
    spoiled: tuple[SpoiledFile, ...]


def write_batch(
    folder: Path,
    n: int,
    seed: int,
    *,
    findings: Sequence[str],
    side_px: int = 256,
    sources: Sequence[str] = SOURCES,
    spoiled: bool = True,
    shortcut: Shortcut | None = None,
    advance: Callable[[int], None] = lambda n: None,
) -> PhantomBatch:
    """Writes n films of patients with one to three films each; the table is written last, so it vouches for the rest.

    The same arguments write the same bytes; another seed draws other patients. Every source holds every finding, in
    another mixture.

    Args:
        folder: is made; files of the same name are replaced.
        n: good films, 1 to `MOST_FILMS`.
        seed: 0 or more.
        findings, sources: names, at least one of each.
        side_px: side of the films.
        spoiled: adds `SPOILED`.
        shortcut: a cue to plant in all films of its finding.
        advance: told how many more films were written.

    Raises:
        ValueError: an argument out of these bounds; nothing is written.
    """
    _check(n, seed, findings, sources)
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng([seed, 3])
    rows: list[dict[str, str]] = []
    patient, films_left = seed * 100_000, 0
    for number in range(n):
        if not films_left:
            patient, films_left = patient + 1, int(random.choice([1, 1, 1, 2, 3]))
            finding = findings[int(random.integers(len(findings)))]
            source = _source(finding, findings, sources, random)
        films_left -= 1
        film = phantoms.draw(
            finding, seed * 100_000 + number, side_px=side_px, source=source, shortcut=shortcut, patient=patient
        )
        rows.append(_write_film(folder, film, number, offset_days=3 * films_left))
        advance(1)
    added = _write_spoiled(folder, rows[0], side_px, seed) if spoiled else []
    metadata = folder / "metadata.csv"
    with metadata.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*rows, *added])
    return PhantomBatch(folder, metadata, n, SPOILED if spoiled else ())


def _check(n: int, seed: int, findings: Sequence[str], sources: Sequence[str]) -> None:
    if not 1 <= n <= MOST_FILMS:
        raise ValueError(f"expected 1 to {MOST_FILMS} films, got {n}; write more in batches of other seeds")
    if seed < 0:
        raise ValueError(f"expected a seed of 0 or more, got {seed}")
    if not findings or not sources:
        raise ValueError(f"expected a finding and a source at least, got {list(findings)} and {list(sources)}")


def _source(finding: str, findings: Sequence[str], sources: Sequence[str], random: np.random.Generator) -> str:
    """Each source has a favourite finding, and some of all."""
    favourite = list(findings).index(finding) % len(sources)
    weights = np.ones(len(sources))
    weights[favourite] += 1
    return sources[int(random.choice(len(sources), p=weights / weights.sum()))]


def _write_film(folder: Path, film: Phantom, number: int, *, offset_days: int) -> dict[str, str]:
    place = Path(film.source) / film.finding.replace(" ", "_")
    stem = f"{film.patient_id}-{number:05d}"
    image = place / "images" / f"{stem}.{'jpg' if number % 10 == 9 else 'png'}"
    lungs, lesion = place / "masks" / f"{stem}.png", place / "lesion_masks" / f"{stem}.png"
    _write(folder / image, film.pixels)
    _write(folder / lungs, film.lung_mask)
    has_lesion = bool(film.lesion_mask.any())
    if has_lesion:
        _write(folder / lesion, film.lesion_mask)
    return {
        "path": image.as_posix(),
        "finding": film.finding,
        "source_label": film.finding,
        "source": film.source,
        "patient_id": film.patient_id,
        "view_position": film.view_position,
        "age": str(film.age),
        "sex": film.sex,
        "offset_days": str(offset_days),
        "lung_mask": lungs.as_posix(),
        "lung_mask_kind": "drawn",
        "lesion_mask": lesion.as_posix() if has_lesion else "",
        "licence": "synthetic",
    }


def _write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), pixels, FASTEST_PNG if path.suffix == ".png" else []):
        raise OSError(f"{path} could not be written")


def _write_spoiled(folder: Path, good: dict[str, str], side_px: int, seed: int) -> list[dict[str, str]]:
    """Writes the files of `SPOILED` and returns their rows; the stray file gets none, the absent one gets only that."""
    place = folder / "spoiled"
    place.mkdir(exist_ok=True)
    films = [phantoms.draw("Normal", seed * 100_000 + 90_000 + k, side_px=side_px).pixels for k in range(3)]
    for name, pixels in zip(("truncated", "unknown_finding", "stray"), films, strict=True):
        _write(place / f"{name}.png", pixels)
    whole = (place / "truncated.png").read_bytes()
    (place / "truncated.png").write_bytes(whole[: len(whole) // 2])
    (place / "empty.png").write_bytes(b"")
    (place / "page.dcm").write_text(f"<!DOCTYPE html><title>404</title><p>No film {seed} here.</p>\n", encoding="utf-8")
    _write(place / "photograph.jpg", _photograph(side_px, seed))
    _write(place / "black.png", np.zeros((side_px, side_px + seed % 7), np.uint8))
    _write(place / "speck.png", np.full((1, 1), 100 + seed % 100, np.uint8))
    (place / "again.png").write_bytes((folder / good["path"]).read_bytes())
    named = [spoiled.name for spoiled in SPOILED if not spoiled.name.endswith("stray.png")]
    plain = {"source": good["source"], "view_position": "PA", "age": "50", "sex": "F", "licence": "synthetic"}
    rows = [plain | {"path": name, "finding": good["finding"]} for name in named]
    return [_as_the_first(row, good) if row["path"].endswith("again.png") else _unknown(row) for row in rows]


def _as_the_first(row: dict[str, str], good: dict[str, str]) -> dict[str, str]:
    return good | {"path": row["path"]}


def _unknown(row: dict[str, str]) -> dict[str, str]:
    return row | {"finding": UNKNOWN_FINDING} if row["path"].endswith("unknown_finding.png") else row


def _photograph(side_px: int, seed: int) -> np.ndarray:
    """A sunset: nobody's film."""
    down, across = np.mgrid[:side_px, :side_px].astype(np.float32) / side_px
    sun = np.exp(-(((across - 0.6) / 0.1) ** 2) - ((down - 0.4) / 0.1) ** 2)
    blue, green, red = 180 * (1 - down), 90 + 60 * down, 120 + 110 * down
    picture = np.stack([blue, green + 80 * sun, red + 20 * sun], axis=-1)
    picture += np.random.default_rng(seed).normal(0, 4, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def write_dicom(film: Phantom, path: Path, *, photometric: str = "MONOCHROME2", bits: int = 12) -> None:
    """Writes a phantom as an uncompressed computed radiograph, with an invented patient in its header.

    Args:
        film: the phantom.
        path: file to write.
        photometric: MONOCHROME2, or MONOCHROME1 with the values turned over, so that it shows the same film.
        bits: stored bits, 8 to 16.

    Raises:
        ValueError: another photometric interpretation or depth; nothing is written.
    """
    if photometric not in ("MONOCHROME1", "MONOCHROME2") or not 8 <= bits <= 16:
        raise ValueError(f"expected MONOCHROME1 or MONOCHROME2 of 8 to 16 bits, got {photometric} of {bits}")
    import pydicom
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(path.name), film.patient_id])
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    header.SOPClassUID, header.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    header.StudyInstanceUID = generate_uid(entropy_srcs=[film.patient_id])
    header.PatientID, header.PatientName = film.patient_id, "Phantom^Drawn"
    header.PatientSex, header.PatientAge = film.sex, f"{film.age:03d}Y"
    header.Modality, header.BodyPartExamined, header.ViewPosition = "CR", "CHEST", film.view_position
    header.Rows, header.Columns = film.pixels.shape
    header.SamplesPerPixel, header.PixelRepresentation = 1, 0
    header.BitsAllocated, header.BitsStored, header.HighBit = (8 if bits == 8 else 16), bits, bits - 1
    header.PhotometricInterpretation = photometric
    values = np.round(film.pixels.astype(np.float64) / 255 * (2**bits - 1)).astype(np.uint8 if bits == 8 else np.uint16)
    header.PixelData = (values if photometric == "MONOCHROME2" else (2**bits - 1) - values).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    pydicom.dcmwrite(path, header, enforce_file_format=True)
