"""Gathers what the rules that cannot read films may know of a cohort's films."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from radiographs.evaluation.floors import THUMBNAIL_PX, Seen
from radiographs.imaging.preprocessing import Preparation
from radiographs.records.cohort import Cohort, Film
from radiographs.records.shapes import Shape
from radiographs.store import pixels
from radiographs.store.shards import ShardStore

AT_ONCE = 64


def of(
    cohort: Cohort, films: Sequence[Film], shapes: Mapping[str, Shape], prepared: ShardStore, preparation: Preparation
) -> Seen:
    """What is written beside films, and the films made small.

    Args:
        cohort: names the findings.
        films: some of its films.
        shapes: of the films as they came; NaN where one is not known.
        prepared: the store of prepared films, these among them.
        preparation: of that store.
    """
    reader = prepared.reader(pixels.keys(films, preparation))
    small = np.empty((len(films), THUMBNAIL_PX**2), np.float32)
    for start in range(0, len(films), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(films)))
        for row, film in zip(rows, reader[rows], strict=True):
            small[row] = cv2.resize(film, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA).ravel() / 255.0
    return Seen(
        truth=cohort.labels(films),
        groups=tuple(film.group_id for film in films),
        categories=np.array([(film.source, film.view_position, film.sex) for film in films], dtype=str),
        numbers=np.array([_numbers(film, shapes.get(film.id)) for film in films], np.float64),
        thumbnails=small,
    )


def _numbers(film: Film, shape: Shape | None) -> tuple[float, float, float]:
    age = np.nan if film.age is None else film.age
    return (age, np.nan, np.nan) if shape is None else (age, float(shape.height_px), float(shape.width_px))
