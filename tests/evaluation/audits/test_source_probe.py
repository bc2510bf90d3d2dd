"""An embedding that gives the source away, one that does not, and what the finding gives away by itself."""

from __future__ import annotations

import numpy as np
import pytest

from radiographs.evaluation.audits import source_probe
from radiographs.evaluation.audits.source_probe import EVERY, FEWEST_FILMS, Embedded, Probe
from tests.evaluation.made_scores import FINDINGS, alone

NAMES = FINDINGS.names


def films(tells: float, per_cell: int = 40, only: dict[str, tuple[int, ...]] | None = None, seed: int = 0) -> Embedded:
    """Sources that hold findings; `tells` is how far each source lies from the others in the embedding."""
    held = only or {"north": (0, 2), "south": (0, 2), "coast": (2,)}
    rows = [(source, finding) for source, findings in held.items() for finding in findings for _ in range(per_cell)]
    random = np.random.default_rng(seed)
    values = random.normal(size=(len(rows), 16)).astype(np.float32)
    for row, (source, finding) in enumerate(rows):
        values[row, sorted(held).index(source)] += tells
        values[row, 8 + finding] += 2
    truth = np.array([finding for _, finding in rows])
    return Embedded(values, truth, alone(len(rows)), [source for source, _ in rows])


def probes(embedded: Embedded) -> dict[str, Probe]:
    return {probe.films: probe for probe in source_probe.compute(embedded, FINDINGS, seed=0)}


def test_a_source_that_the_embedding_knows_is_warned_of_within_a_finding_and_one_that_it_does_not_is_not() -> None:
    cheat, honest = probes(films(3.0)), probes(films(0.0))
    for name in (NAMES[0], NAMES[2]):
        assert cheat[name].warns and not honest[name].warns
        assert "not shown" in honest[name].as_row()[-1]
    assert cheat[NAMES[2]].chance == pytest.approx(1 / 3) and cheat[NAMES[0]].chance == 0.5
    assert honest[NAMES[0]].told is not None and honest[NAMES[0]].told.low < 0.5 < honest[NAMES[0]].told.high


def test_an_honest_embedding_tells_sources_of_different_findings_and_that_is_no_warning() -> None:
    apart = probes(films(0.0, only={"north": (0,), "south": (2,)}))[EVERY]
    assert apart.told is not None and apart.by_finding is not None
    assert apart.told.low > 0.8 and apart.by_finding.estimate == 1
    assert not apart.judged and not apart.warns


def test_a_finding_of_one_source_and_a_source_of_few_films_are_not_judged_and_one_film_more_is() -> None:
    one = probes(films(3.0, only={"north": (0, 2), "south": (2,)}))[NAMES[0]]
    assert one.told is None and not one.judged and "one source" in one.as_row()[-1]
    few, enough = (probes(films(3.0, per_cell=n))[NAMES[0]] for n in (FEWEST_FILMS - 1, FEWEST_FILMS))
    assert few.told is None and enough.told is not None


def test_patients_whose_films_are_alike_do_not_make_a_source_known() -> None:
    """Each patient's five films are alike: known by heart they tell the source, and nothing else does."""
    random = np.random.default_rng(0)
    values = np.repeat(random.normal(size=(16, 64)), 5, axis=0).astype(np.float32)
    sources = ["north"] * 40 + ["south"] * 40
    groups = [f"p{row // 5}" for row in range(80)]
    found = probes(Embedded(values, np.zeros(80, int), groups, sources))[NAMES[0]]
    assert found.told is not None and not found.warns


def test_every_row_is_as_wide_as_the_headings_and_the_seed_decides() -> None:
    found = probes(films(1.0))
    assert {len(probe.as_row()) for probe in found.values()} == {len(source_probe.HEADINGS)}
    assert found == probes(films(1.0))
