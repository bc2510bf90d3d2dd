"""Reads the change-control file that decides what may be promoted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from radiographs.errors import InvalidReleaseRule
from radiographs.evaluation.audits.limits import AtLeast, AtMost, AuditLimits
from radiographs.evaluation.rule_section import Failed, Lead, Margin, Section, Share

Sentences = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False, min_length=1)]
__all__ = ["AtLeast", "AtMost", "AuditLimits", "ReleaseRule", "ScoreCriteria", "read"]

ComparedFigure = Literal["balanced_accuracy", "accuracy", "guarded_sensitivity", "guarded_specificity"]


class Plan(Section):
    """What may change, how it is verified, and what follows: prose for the person who answers for it."""

    may_change: Sentences
    verified_by: Sentences
    impact: str = Field(min_length=1)


class AbsoluteCriteria(Section):
    """What any classifier must show, also the first."""

    films_per_finding: int = Field(ge=1)
    balanced_accuracy_over_floor: Lead
    guarded_sensitivity_at_least: Share
    guarded_specificity_at_least: Share
    each_finding_auc_above: Share


class NonInferiorityMargins(Section):
    """How far below 0 the low end of a difference challenger − champion may lie."""

    balanced_accuracy: Margin
    accuracy: Margin
    guarded_sensitivity: Margin
    guarded_specificity: Margin

    def of(self, figure: str) -> float:
        """The margin of one compared figure."""
        return float(getattr(self, figure))


class PartCriteria(Section):
    """When a source, a view or a sex counts as worse than under the champion."""

    accuracy: Margin
    fewest_films: int = Field(ge=2)
    worse: Failed


class ComparisonCriteria(Section):
    """What a challenger must show against the champion on the same films."""

    non_inferior_within: NonInferiorityMargins
    parts: PartCriteria
    primary: ComparedFigure
    promote_when: Literal["better", "non_inferior"] = "non_inferior"


class Target(Section):
    """The sensitivity at which a finding is said to be there."""

    guarded: Annotated[float, Field(gt=0, lt=1)]
    others: Annotated[float, Field(gt=0, lt=1)]

    def of(self, finding: str, guarded: str) -> float:
        """The target of one finding."""
        return self.guarded if finding == guarded else self.others


class ScoreCriteria(Section):
    """What is asked of scores, of the thresholds that are put to them, and of sets of findings."""

    sensitivity_targets: Target
    set_coverage: Annotated[float, Field(gt=0, lt=1)]
    calibration_error_over_chance: Margin
    prevalences: Annotated[tuple[Annotated[float, Field(gt=0, lt=1)], ...], Field(strict=False)]


class BundleLimits(Section):
    """What a served bundle may cost."""

    megabytes_at_most: Annotated[float, Field(gt=0)]
    milliseconds_at_most: Annotated[float, Field(gt=0)]


class ParityLimits(Section):
    """Largest differences between the served graph and the trained network, by the names in a bundle's manifest."""

    logits: float = Field(gt=0)
    heatmaps: Margin


class ServedLimits(Section):
    """How many verdicts one held-out set may serve."""

    warn_from: int = Field(ge=1)
    hold_from: int = Field(ge=1)

    @model_validator(mode="after")
    def _warns_before_it_holds(self) -> ServedLimits:
        if self.hold_from < self.warn_from:
            raise ValueError(f"hold_from ({self.hold_from}) must not come before warn_from ({self.warn_from})")
        return self


class ReleaseRule(Section):
    """The whole rule, as read from release.yaml."""

    version: Literal[1]
    plan: Plan
    absolute: AbsoluteCriteria
    scores: ScoreCriteria
    audit: AuditLimits
    comparison: ComparisonCriteria
    parity: ParityLimits
    bundle: BundleLimits
    verdicts_served: ServedLimits

    @property
    def digest(self) -> str:
        """SHA-256 of the content: comments, order of keys and layout change nothing."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class _UniqueKeys(yaml.SafeLoader):
    """A loader that refuses a key given twice, where YAML would quietly keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"key {twice!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read(path: Path) -> ReleaseRule:
    """Reads a release rule.

    Raises:
        InvalidReleaseRule: the file is missing or no YAML, has an unknown, missing or doubled key, or contradicts
            itself; the message names file and key.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 (a SafeLoader)
        return ReleaseRule.model_validate(content)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidReleaseRule(f"{path}: cannot be read ({error}); set RADIOGRAPHS_RELEASE_RULE") from error
    except yaml.YAMLError as error:
        raise InvalidReleaseRule(f"{path}: {_yaml_words(error)}") from error
    except ValidationError as error:
        raise InvalidReleaseRule(f"{path}: {'; '.join(_words(each) for each in error.errors())}") from error


def _yaml_words(error: yaml.YAMLError) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    place = f"line {mark.line + 1}: " if mark is not None else ""
    return f"{place}{problem or 'is no YAML'}"


def _words(error: Any) -> str:
    """One pydantic error as `absolute.films_per_finding: expected …, got …`."""
    key = ".".join(str(part) for part in error["loc"]) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{key} is no key of the release rule"
    if error["type"] == "missing":
        return f"{key} is missing"
    message = error["msg"].removeprefix("Value error, ")
    return f"{key}: {message}" if error["type"] == "value_error" else f"{key}: {message}, got {error['input']!r}"
