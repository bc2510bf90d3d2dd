"""Parts a backbone's layers at its stages, so that fine-tuning can unfreeze it group by group from the top."""

from __future__ import annotations

import itertools
import re
from typing import Any

from radiographs.network.backbone_table import BackboneEntry


def of(row: BackboneEntry, layers: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
    """The layers in groups, each layer in one, in the order given.

    Keras orders the layers of a graph by their distance to its output. All of a stage then stand together where stages
    hang on one tensor each; in NASNet, whose cells take the two before them, a group ends at the stage's last sum.

    Args:
        row: the backbone's row of the table, which tells where its stages begin or end.
        layers: its own layers from input to output.

    Raises:
        LookupError: no layer begins or ends a stage that the table names.
    """
    cuts = [_first(pattern, layers) for pattern in row.stage_starts]
    cuts += [_first(pattern, layers) + 1 for pattern in row.stage_ends]
    edges = sorted({0, *cuts, len(layers)})
    return tuple(tuple(layers[start:end]) for start, end in itertools.pairwise(edges))


def _first(pattern: str, layers: tuple[Any, ...]) -> int:
    for place, layer in enumerate(layers):
        if re.match(pattern, layer.name):
            return place
    raise LookupError(f"expected a layer named {pattern}…, found none among {len(layers)}")
