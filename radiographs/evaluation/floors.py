"""What rules reach that cannot read a film: a classifier that is hardly better has learnt where films come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from radiographs.errors import InvalidScores
from radiographs.evaluation import bootstrapped, comparison, intervals, metrics
from radiographs.evaluation.bootstrapped import Bootstrapped
from radiographs.evaluation.intervals import Interval, in_words
from radiographs.findings import Findings

THUMBNAIL_PX = 16
SAMPLES = 1000
TREES = 200
SMOOTHING = 1.0  # added to the count of each finding in a source, so that no finding is impossible
HEADINGS = ("Floor", "What it sees", "n", "Balanced accuracy", "Accuracy", "The model's lead")


@dataclass(frozen=True)
class Seen:
    """What the rules may know of films, one row a film.

    Attributes:
        truth: (n,) int64, positions of the findings.
        groups: (n,) names of the films' groups.
        categories: (n, k) of text, "" where unknown; the first column is the source.
        numbers: (n, m) float64, NaN where unknown: age in years, height and width in pixels.
        thumbnails: (n, 16 · 16) float32 in [0, 1], the prepared film made small.
    """

    truth: np.ndarray
    groups: Sequence[str]
    categories: np.ndarray
    numbers: np.ndarray
    thumbnails: np.ndarray


@dataclass(frozen=True)
class Floor:
    """A rule and what it reaches on the films that the model is judged on.

    Attributes:
        name: of the rule.
        sees: what it is told of a film.
        n: films judged.
        balanced_accuracy: where the rule answers the finding that its knowledge raises most above its share in train.
        accuracy: where it answers the likeliest finding.
        lead: the model's balanced accuracy less the rule's, on the same resamples; None where there are too few films.
    """

    name: str
    sees: str
    n: int
    balanced_accuracy: Interval | None
    accuracy: Interval | None
    lead: Interval | None

    def as_row(self) -> tuple[str, ...]:
        """As printed below `HEADINGS`."""
        figures = (in_words(self.balanced_accuracy), in_words(self.accuracy), in_words(self.lead, signed=True))
        return (self.name, self.sees, str(self.n), *figures)

    def as_dict(self) -> dict[str, Any]:
        """By name, for JSON."""
        plain = {name: intervals.plain(getattr(self, name)) for name in ("balanced_accuracy", "accuracy", "lead")}
        return vars(self) | plain

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> Floor:
        """The floor that `as_dict` came from."""
        figures = ("balanced_accuracy", "accuracy", "lead")
        return cls(**(content | {name: intervals.from_plain(content[name]) for name in figures}))


Rule = Callable[[Seen, Seen, int, int], np.ndarray]


def compute(scores: np.ndarray, train: Seen, judged: Seen, *, findings: Findings, seed: int) -> tuple[Floor, ...]:
    """Fits each rule on train and holds it beside the model, on the films that the model is judged on.

    Args:
        scores: (n, C) of the model, on the judged films.
        train: what is known of the films in train.
        judged: what is known of the judged films.
        findings: names of the C columns.
        seed: whole number ≥ 0.

    Raises:
        InvalidScores: a finding has no film in train, or shapes do not fit.
    """
    count = len(findings)
    having = np.bincount(train.truth, minlength=count)
    if not having.all():
        lacking = [name for name, films in zip(findings.names, having, strict=True) if not films]
        raise InvalidScores(f"expected films of every finding in train to fit floors on, got none of {lacking}")
    model = metrics.judge(scores, judged.truth, judged.groups, n_findings=count)
    found = []
    for name, (sees, rule) in RULES.items():
        likely = rule(train, judged, count, seed)
        raised = likely / (having / having.sum())
        fair = metrics.judge(raised, judged.truth, judged.groups, n_findings=count)
        plain = metrics.judge(likely, judged.truth, judged.groups, n_findings=count)
        against = comparison.compare(
            model.scores, fair.scores, judged.truth, judged.groups, findings=findings, seed=seed, samples=SAMPLES
        )
        balanced = Bootstrapped.of(fair, samples=SAMPLES, seed=seed, areas=False).balanced_accuracy()
        found.append(
            Floor(name, sees, len(judged.truth), balanced, bootstrapped.accuracy(plain), against.balanced_accuracy)
        )
    return tuple(found)


def best(floors: Sequence[Floor]) -> Floor | None:
    """The floor with the highest balanced accuracy; None where none could be computed."""
    known = [floor for floor in floors if floor.balanced_accuracy is not None]
    return max(known, key=lambda floor: floor.balanced_accuracy.estimate, default=None)  # type: ignore[union-attr]


def _majority(train: Seen, judged: Seen, count: int, seed: int) -> np.ndarray:
    """(n, C): each finding's share in train, whatever the film."""
    shares = np.bincount(train.truth, minlength=count) / len(train.truth)
    return np.tile(shares, (len(judged.truth), 1))


def _by_source(train: Seen, judged: Seen, count: int, seed: int) -> np.ndarray:
    """(n, C): each finding's share among the films of train of the same source; of all where the source is new."""
    shares = np.bincount(train.truth, minlength=count) / len(train.truth)
    table: dict[str, np.ndarray] = {}
    for source in np.unique(train.categories[:, 0]):
        films = np.bincount(train.truth[train.categories[:, 0] == source], minlength=count)
        table[str(source)] = (films + SMOOTHING * shares) / (films.sum() + SMOOTHING)
    return np.stack([table.get(str(source), shares) for source in judged.categories[:, 0]])


def _by_metadata(train: Seen, judged: Seen, count: int, seed: int) -> np.ndarray:
    """(n, C) of a random forest (Breiman 2001) on all that is written beside a film."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.preprocessing import OrdinalEncoder

    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    known, asked = encoder.fit_transform(train.categories), encoder.transform(judged.categories)
    forest = RandomForestClassifier(TREES, min_samples_leaf=3, random_state=seed)
    forest.fit(np.hstack([known, train.numbers]), train.truth)
    return _in_place(forest, forest.predict_proba(np.hstack([asked, judged.numbers])), count)


def _by_thumbnail(train: Seen, judged: Seen, count: int, seed: int) -> np.ndarray:
    """(n, C) of logistic regression on the film at 16 × 16 pixels, where no lesion can be seen."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    fitted = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000, random_state=seed))
    fitted.fit(train.thumbnails, train.truth)
    return _in_place(fitted, fitted.predict_proba(judged.thumbnails), count)


def _in_place(fitted: Any, likely: np.ndarray, count: int) -> np.ndarray:
    """Columns of scikit-learn in the order of the findings."""
    placed = np.zeros((len(likely), count))
    placed[:, fitted.classes_] = likely
    return placed


RULES: dict[str, tuple[str, Rule]] = {
    "majority": ("nothing", _majority),
    "source": ("the source", _by_source),
    "metadata": ("source, view, sex, age and size", _by_metadata),
    "thumbnail": (f"the film at {THUMBNAIL_PX} × {THUMBNAIL_PX} pixels", _by_thumbnail),
}
