"""A film's shape is that of its pixels as they came."""

from __future__ import annotations

from pathlib import Path

import cv2

from radiographs.evaluation import seen
from radiographs.imaging.preprocessing import Preparation
from radiographs.records import shapes
from radiographs.records.shapes import Shape
from radiographs.store import pixels

from .films import FINDINGS, Desk, film, table, write


def test_shapes_are_rows_then_columns_and_strangers_are_left_out(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    rows = []
    for number, name in enumerate([*FINDINGS.names] * 6):
        tall = cv2.resize(film(number), (64, 96), interpolation=cv2.INTER_CUBIC)
        write(folder / f"{number}.png", tall if number % 2 else film(number, side_px=72))
        said = {"source": f"s{number % 3}", "view_position": "PA", "sex": "F", "age": str(30 + number)}
        rows.append({"path": f"{number}.png", "finding": name, "patient_id": f"p{number}"} | said)
    table(folder / "metadata.csv", rows)
    desk.admit(folder)
    frozen = desk.cohort()
    found = shapes.of(desk.catalogue, [one.id for one in frozen.films[:-1]] + ["a stranger"])
    assert len(found) == len(frozen.films) - 1
    assert set(found.values()) == {Shape(96, 64), Shape(72, 72)}

    preparation = Preparation(32)
    pixels.prepare_missing(frozen.films, desk.home / "originals", preparation, desk.home / "pixels")
    store = pixels.open_store(desk.home / "pixels", preparation)
    known = seen.of(frozen, frozen.films, found, store, preparation)
    for row, one in enumerate(frozen.films[:-1]):
        assert tuple(known.numbers[row]) == (one.age, found[one.id].height_px, found[one.id].width_px)
        assert tuple(known.categories[row]) == (one.source, "PA", "F")
    last = known.numbers[-1]
    assert last[0] == frozen.films[-1].age and (last[1:] != last[1:]).all(), "a shape that is not known is NaN"
    prepared = store.reader(pixels.keys(frozen.films, preparation))[[5]][0]
    small = cv2.resize(prepared, (16, 16), interpolation=cv2.INTER_AREA)
    assert abs(known.thumbnails[5].reshape(16, 16) - small / 255).max() < 1e-6
    assert list(known.truth) == list(frozen.labels(frozen.films))
    assert list(known.groups) == [one.group_id for one in frozen.films]
