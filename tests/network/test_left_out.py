"""A head that never saw a source, and one that saw its like: who knows what."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from radiographs.network import left_out
from radiographs.network.fit_settings import FitSettings
from radiographs.network.heads import HeadSettings
from radiographs.network.labelled import LabelledFeatures
from radiographs.network.left_out import Asked, Fit, LeftOut

HEAD = HeadSettings(units=(), dropout=0.0, l2=0.0, learning_rate=0.05)
FIT = FitSettings(epochs=12, head_batch=64, patience=12, fine_tuning=None)


@pytest.fixture(autouse=True)
def fewer_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fit traces anew, which takes most of its time."""
    monkeypatch.setattr(left_out, "FOLDS", 2)


@dataclasses.dataclass(frozen=True)
class Kept:
    """Films with their features."""

    values: np.ndarray
    asked: Asked

    def answers(self, settings: FitSettings = FIT) -> LeftOut:
        features = LabelledFeatures(self.values, self.asked.labels)
        fitter = left_out.heads_alone(features, self.asked.n_findings, HEAD, settings)
        return left_out.answers(self.asked, fitter, seed=settings.seed)


def films(shortcut: bool, n: int = 360, groups: np.ndarray | None = None) -> Kept:
    """Two findings in three sources; with a shortcut each source shows its findings in a corner of its own."""
    random = np.random.default_rng(0)
    labels, source = np.arange(n) % 2, np.arange(n) // 2 % 3
    values = random.normal(size=(n, 8)).astype(np.float32)
    column = source * 2 if shortcut else np.zeros(n, int)
    values[np.arange(n), column] += np.where(labels == 1, 4, -4)
    named = np.array([f"g{row}" for row in range(n)]) if groups is None else groups
    return Kept(values, Asked(labels, named, source.astype(str), 2))


def right(logits: np.ndarray, kept: Kept) -> float:
    return float((logits.argmax(axis=1) == kept.asked.labels).mean())


def test_what_every_source_shows_alike_is_known_of_a_source_unseen_and_what_each_shows_its_own_way_is_not() -> None:
    alike, own = films(shortcut=False), films(shortcut=True)
    of_alike, of_own = (kept.answers() for kept in (alike, own))
    assert right(of_alike.unseen, alike) > 0.9 and right(of_alike.seen, alike) > 0.9
    assert right(of_own.seen, own) > 0.9
    assert right(of_own.unseen, own) < 0.65


def test_nobody_is_asked_about_whose_films_were_learnt_from() -> None:
    """Every third patient was seen in two sources."""
    n = 90
    kept = films(shortcut=False, n=n, groups=np.array([f"g{row // 4 if row % 3 else row}" for row in range(n)])).asked
    assert any(len(set(kept.sources[kept.groups == name])) > 1 for name in kept.groups)
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def noted(fit: Fit, asked: np.ndarray) -> np.ndarray:
        assert not set(kept.groups[fit.shown]) & set(kept.groups[fit.watched])
        seen.append((np.concatenate([fit.shown, fit.watched]), asked))
        return np.zeros((len(asked), 2), np.float32)

    left_out.answers(kept, noted, seed=0)
    assert len(seen) == 3 + 2
    for fitted, asked in seen:
        assert len(fitted) and not set(kept.groups[fitted]) & set(kept.groups[asked])
    for fitted, asked in seen[:3]:
        assert not set(kept.sources[fitted]) & set(kept.sources[asked])


def test_a_single_source_leaves_nothing_to_learn_from() -> None:
    kept = films(shortcut=False)
    alone = dataclasses.replace(kept.asked, sources=np.full(len(kept.asked.groups), "only"))
    answered = dataclasses.replace(kept, asked=alone).answers()
    assert np.isnan(answered.unseen).all() and np.isfinite(answered.seen).all()


@pytest.mark.parametrize(("n_groups", "fits"), [(1, 0), (2, 0), (3, 3), (9, 5)])
def test_a_rare_finding_takes_as_many_folds_as_it_has_groups_and_with_one_there_are_none(
    monkeypatch: pytest.MonkeyPatch, n_groups: int, fits: int
) -> None:
    monkeypatch.setattr(left_out, "FOLDS", 5)
    labels = np.array([0] * 60 + [1] * 18)
    groups = np.array([f"g{row}" for row in range(60)] + [f"r{row % n_groups}" for row in range(18)])
    asked: list[int] = []  # rows of each fit

    def noted(fit: Fit, rows: np.ndarray) -> np.ndarray:
        asked.append(len(rows))
        return np.zeros((len(rows), 2), np.float32)

    found = left_out.answers(Asked(labels, groups, np.full(78, "only"), 2), noted, seed=0)
    assert np.isfinite(found.seen).all() == (fits > 0)
    assert (len(asked), sum(asked)) == (fits, 78 if fits else 0)


def test_the_same_seed_gives_the_same_answers() -> None:
    kept, short = films(shortcut=True, n=120), dataclasses.replace(FIT, epochs=2)
    one, again = (kept.answers(short) for _ in range(2))
    np.testing.assert_array_equal(one.unseen, again.unseen)
    np.testing.assert_array_equal(one.seen, again.seen)
