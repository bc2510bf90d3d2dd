"""The questions of the audit, under the names that the release rule gives its limits to."""

from __future__ import annotations

from radiographs.evaluation.audits.observations import Kind, Question
from radiographs.imaging import interventions

VERSION = "1"  # of what is asked and how: an audit of another one is made again
KINDS: dict[str, Kind] = {
    "lungs_hidden": "blinds",
    "border_only": "blinds",
    "mark_pasted": "lures",
}  # all others spare the finding
SWAPPED = Question(
    "border_swapped",
    f"films without {{guarded}} in the outer {interventions.BORDER_SHARE:.0%} of a film with it",
    "lures",
    needs_guarded=True,
)
GREYS = Question(
    "greys_swapped", "films without {guarded} in the grey levels of a film with it", "lures", needs_guarded=True
)
MARKS = Question("marks_handled", "{words}", "spares")
LUNG_HEAT = Question(
    "heat_in_lungs", "the heat of each answer held against its lung mask", "measures",
    "share of the heat inside the lungs, above that of a uniform map",
)  # fmt: skip
LESION_HEAT = Question(
    "heat_on_lesion", "the hottest place of each answer held against its lesion mask", "measures",
    "share of films whose hottest place lies on the lesion, above chance",
)  # fmt: skip
RANDOMISED = Question(
    "weights_shuffled", "the learnt weights shuffled", "measures",
    "rank correlation of heatmaps before and after",
)  # fmt: skip
DELETED = Question(
    "heat_deleted", "places blurred in the order of their heat", "measures",
    "area by which the score falls faster than in a random order",
)  # fmt: skip
INSERTED = Question(
    "heat_inserted", "a blurred film given its places back in the order of their heat", "measures",
    "area by which the score rises faster than in a random order",
)  # fmt: skip
CHECKS = (
    *(each.name for each in interventions.ALL), SWAPPED.name, GREYS.name, MARKS.name, LUNG_HEAT.name, LESION_HEAT.name,
    RANDOMISED.name, DELETED.name, INSERTED.name,
)  # fmt: skip
# Of all films: as they are, changed, in another one's border, in its greys, with marks handled.
PASSES = len(interventions.ALL) + 4
