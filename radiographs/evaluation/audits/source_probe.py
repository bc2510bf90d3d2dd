"""Whether a classifier's embedding tells where a film comes from: a warning that it may answer by the hospital."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from radiographs.evaluation import intervals, metrics
from radiographs.evaluation.bootstrapped import Bootstrapped
from radiographs.evaluation.intervals import Interval, in_words
from radiographs.findings import Findings

FOLDS = 5
FEWEST_FILMS = 20  # of a source, for it to be told from others
SAMPLES = 1000
HEADINGS = ("Films", "n", "Sources", "Source told from the embedding", "From the finding alone", "What it says")
EVERY = "all findings"


@dataclass(frozen=True)
class Probe:
    """How well the source is told on some films.

    Attributes:
        films: a finding's name, or `EVERY`.
        n: films of the sources that could be judged.
        sources: which those are.
        told: balanced accuracy of the source from the embedding, out of fold; None where fewer than two sources have
            films enough.
        by_finding: balanced accuracy from the finding alone: what a classifier that only reads findings gives away.
        chance: one in so many sources.
    """

    films: str
    n: int
    sources: tuple[str, ...]
    told: Interval | None
    by_finding: Interval | None
    chance: float

    @property
    def judged(self) -> bool:
        """Only within one finding does the embedding have no honest reason to know the source."""
        return self.told is not None and self.films != EVERY

    @property
    def warns(self) -> bool:
        """Whether the source is told above chance beyond doubt, where that is judged."""
        return self.judged and self.told is not None and self.told.low > self.chance

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        plain = {"told": intervals.plain(self.told), "by_finding": intervals.plain(self.by_finding)}
        return vars(self) | plain | {"sources": list(self.sources)}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Probe:
        """The probe that `as_dict` came from."""
        read = {name: intervals.from_plain(content[name]) for name in ("told", "by_finding")}
        return cls(**(content | read | {"sources": tuple(content["sources"])}))

    def as_row(self) -> tuple[str, ...]:
        """As printed below `HEADINGS`."""
        if self.told is None:
            said = "not judged: one source, or too few films of others"
        elif not self.judged:
            said = "not judged: findings differ between sources"
        else:
            said = f"{'above' if self.warns else 'not shown to be above'} chance ({self.chance:.2f})"
        shown = "–" if self.by_finding is None else in_words(self.by_finding)
        told = "–" if self.told is None else in_words(self.told)
        return (self.films, str(self.n), str(len(self.sources)), told, shown, said)


@dataclass(frozen=True)
class Embedded:
    """Films as a classifier sees them.

    Attributes:
        embeddings: (n, D) float32.
        truth: (n,) positions of the findings.
        groups: (n,) names of the films' groups.
        sources: (n,) where each film comes from.
    """

    embeddings: np.ndarray
    truth: np.ndarray
    groups: Sequence[str]
    sources: Sequence[str]

    def of(self, rows: np.ndarray) -> Embedded:
        """Some of the films."""
        groups, sources = ([values[int(row)] for row in rows] for values in (self.groups, self.sources))
        return Embedded(self.embeddings[rows], self.truth[rows], groups, sources)


def compute(films: Embedded, findings: Findings, *, seed: int) -> tuple[Probe, ...]:
    """The probe on all films, then within each finding that has any."""
    found = [_probe(EVERY, films, seed)]
    for place, name in enumerate(findings.names):
        rows = np.flatnonzero(films.truth == place)
        if len(rows):
            found.append(_probe(name, films.of(rows), seed))
    return tuple(found)


def _probe(name: str, films: Embedded, seed: int) -> Probe:
    named = np.asarray(films.sources, dtype=str)
    groups = np.asarray(films.groups, dtype=str)
    sources = tuple(
        str(source)
        for source in np.unique(named)
        if (named == source).sum() >= FEWEST_FILMS and len(np.unique(groups[named == source])) >= FOLDS
    )
    if len(sources) < 2:
        return Probe(name, len(named), sources, None, None, 1.0)
    kept = films.of(np.flatnonzero(np.isin(named, sources)))
    labels = np.searchsorted(sources, np.asarray(kept.sources, dtype=str))
    told = _balanced(_out_of_fold(kept, labels, kept.embeddings, seed), labels, kept, len(sources), seed)
    by_finding = None
    if name == EVERY:
        known = np.eye(int(kept.truth.max()) + 1)[kept.truth]
        by_finding = _balanced(_out_of_fold(kept, labels, known, seed), labels, kept, len(sources), seed)
    return Probe(name, len(labels), sources, told, by_finding, 1 / len(sources))


def _out_of_fold(films: Embedded, labels: np.ndarray, values: np.ndarray, seed: int) -> np.ndarray:
    """(n, sources) of logistic regression with sources weighed alike; nobody is answered who was learnt from."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000, class_weight="balanced"))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    scores = cross_val_predict(
        fitted, values, labels, groups=np.asarray(films.groups), cv=folds, method="predict_proba"
    )
    return np.asarray(scores)


def _balanced(scores: np.ndarray, labels: np.ndarray, films: Embedded, count: int, seed: int) -> Interval | None:
    judged = metrics.judge(scores, labels, films.groups, n_findings=count)
    return Bootstrapped.of(judged, samples=SAMPLES, seed=seed, areas=False).balanced_accuracy()
