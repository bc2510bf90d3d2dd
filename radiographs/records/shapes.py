"""How large films were when they came: a fact beside the picture that may give its source away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from radiographs.records.catalogue import Catalogue
from radiographs.records.schema import RadiographRow


@dataclass(frozen=True)
class Shape:
    """Rows and columns of a film as it was decoded."""

    height_px: int
    width_px: int


def of(catalogue: Catalogue, ids: Collection[str]) -> dict[str, Shape]:
    """The shapes of films by their ids; a film that the catalogue does not know is left out."""
    wanted = set(ids)
    with catalogue.reading() as session:
        rows = session.execute(select(RadiographRow.id, RadiographRow.facts))
        return {key: Shape(int(facts["height"]), int(facts["width"])) for key, facts in rows if key in wanted}
