"""Chooses what a bundle puts its scores to, on films that neither weights nor search have seen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from radiographs.evaluation import conformal, operating_points
from radiographs.findings import Findings
from radiographs.runtime.thresholds import Thresholds


def choose(
    scores: np.ndarray, truth: np.ndarray, findings: Findings, *, targets: Mapping[str, float], coverage: float
) -> Thresholds:
    """The operating point of each finding, and the thresholds of the sets.

    Args:
        scores: (n, C) calibrated, the bundle's own, of tune/calibrate.
        truth: (n,) positions of the true findings.
        findings: names of the C columns.
        targets: sensitivity asked for, by finding.
        coverage: share of films whose set is to hold the true finding.

    Raises:
        InvalidScores: a target or coverage outside of its range.
    """
    points = tuple(
        operating_points.choose(scores, truth, place, name=name, target=targets[name])
        for place, name in enumerate(findings.names)
    )
    return Thresholds(points, conformal.fit(scores, truth, coverage=coverage))
