"""Fills the CLAIM 2024 checklist from the facts of a run, or says for an item why it is not available."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from radiographs.evaluation.report import Facts, Judged

ITEMS = "claim.yaml"
NOT_AVAILABLE = "Not available"


@dataclass(frozen=True)
class Item:
    """One item of the checklist.

    Attributes:
        number: 1 to 44.
        section: of the checklist.
        item: what is asked for.
        words: what can be said, or why nothing can.
        evidence: id of the section of the page that shows it; "" where nothing does.
    """

    number: int
    section: str
    item: str
    words: str
    evidence: str

    @property
    def available(self) -> bool:
        """Whether there is an answer."""
        return not self.words.startswith(NOT_AVAILABLE)


@dataclass(frozen=True)
class _Said:
    words: str
    evidence: str = ""


def fill(judged: Judged, facts: Facts) -> tuple[Item, ...]:
    """All 44 items, in order.

    Args:
        judged: the model with scorecard, audit and verdict.
        facts: where it came from.
    """
    import yaml

    items = yaml.safe_load((Path(__file__).with_name(ITEMS)).read_text(encoding="utf-8"))
    parts = "strata" if judged.scorecard.strata else "lineage"
    said = (
        _of_data(facts, judged.scorecard.n, parts)
        | _of_model(facts)
        | _of_evaluation(judged, facts)
        | _nobody_here_knows()
    )
    return tuple(
        Item(each["number"], each["section"], each["item"], said[each["number"]].words, said[each["number"]].evidence)
        for each in items
    )


def _of_data(facts: Facts, n_held_out: int, parts: str) -> dict[int, _Said]:
    sources = sorted({row[1] for row in facts.counts[1:-1]})
    level = "patient" if facts.named_patients == n_held_out else "cluster of near-duplicate films"
    if 0 < facts.named_patients < n_held_out:
        level = "patient where one is named, else cluster of near-duplicate films"
    excluded = len(facts.excluded) > 1
    return {
        5: _Said("Retrospective: films that were taken before, admitted with their findings.", "lineage"),
        7: _Said(f"Sources: {', '.join(sources)}.", "lineage"),
        8: _Said("By the promises of admission; what broke one is listed with its reason.", "exclusions" if excluded
                 else "lineage"),
        9: _Said(f"Prepared film: {facts.row('Prepared film')}.", "lineage"),
        10: _Said("No subset was selected: all admitted films with a finding that no exclusion touches.", "lineage"),
        11: _Said("Identity is removed at admission: DICOM headers by the basic profile, burnt-in text masked, patient "
                  "ids pseudonymised with a local key.", "card"),
        12: _Said("Missing view, sex and age are kept as unknown, never filled in; shown as a part of their own.",
                  parts),
        19: _Said("By group, once and for good, stratified by finding and source; counts by split.", "lineage"),
        20: _Said(f"Disjoint by group; a group is a {level}.", "scorecard"),
        35: _Said("Films by finding, source and split" + (", and those left out with their reasons." if excluded else
                  "; none was left out."), "exclusions" if excluded else "lineage"),
        36: _Said("Findings and sources by split; view, sex and age of held-out films.", parts),
    }  # fmt: skip


def _of_model(facts: Facts) -> dict[int, _Said]:
    scratch = facts.row("Weights") == "none"
    begun = "drawn at random from the seed" if scratch else f"of the weights {facts.row('Weights')}"
    return {
        1: _Said(f"Deep learning: a classifier of chest radiographs on {facts.backbone}.", "card"),
        2: _Said("The first screen of this page and the model card's summary.", "card"),
        3: _Said("Research use only, not a medical device; intended and excluded uses are in the model card.", "card"),
        4: _Said("To be promoted only where the release rule's criteria, set beforehand, are met.", "checks"),
        6: _Said("A classifier that is retrained, proven on held-out films and promoted or not.", "checks"),
        22: _Said(f"{facts.backbone} with global pooling and a small dense head; its digest names every weight.",
                  "lineage"),
        23: _software(facts),
        24: _Said(f"Backbone {begun}; head from the seed.", "lineage"),
        25: _Said(f"Recipe {facts.row('Recipe')[:16]}; curves of each epoch.", "pictures"),
        26: _Said("The epoch with the lowest loss on tune/select; head and way of fine-tuning by search on the same "
                  "half. Held-out films had no part.", "pictures"),
        27: _Said("One network, no ensemble.", "card"),
        42: _Said("Release rule, recipe, cohort and bundle are named by digest.", "lineage"),
        43: _Said("Software and model: the registered version; the films stay where they are.", "lineage"),
    }  # fmt: skip


def _software(facts: Facts) -> _Said:
    named = facts.row("Software")
    return _Said(f"{named}.", "lineage") if named else _Said(f"{NOT_AVAILABLE}: no versions were noted.")


def _of_evaluation(judged: Judged, facts: Facts) -> dict[int, _Said]:
    compared = (
        f"compared with version {judged.champion} on the same films" if judged.comparison is not None
        else "no champion to compare with, so absolute criteria alone"
    )  # fmt: skip
    audited = judged.shortcuts is not None
    refit = bool(judged.claims)
    return {
        28: _Said("Sensitivity, specificity, precision, NPV, F1, AUROC, AUPRC, balanced accuracy, calibration.",
                  "scorecard"),
        29: _Said(f"95 % intervals by group: Wilson's and {judged.scorecard.samples} resamples; {compared}.",
                  "comparison"),
        30: _Said("Films changed on purpose, and rules that cannot read films.", "audit") if audited
            else _Said(f"{NOT_AVAILABLE}: no audit was made."),
        31: _Said("Grad-CAM in closed form; tested by shuffled weights, deletion and insertion.", "audit") if audited
            else _Said(f"{NOT_AVAILABLE}: heatmaps were not put to the test."),
        32: _Said(f"{judged.scorecard.n} held-out films in {judged.scorecard.n_groups} groups, which have served "
                  f"{judged.verdicts_served} verdicts.", "scorecard"),
        33: _Said("No film from outside of the cohort; the head was fitted again without each source and asked about "
                  "it.", "across-sources") if refit
            else _Said(f"{NOT_AVAILABLE}: no film from outside of the cohort, and no head fitted again without a "
                       "source."),
        37: _Said("Every figure with its films and interval.", "scorecard"),
        38: _Said("Sensitivity and specificity by finding, and at operating points.", "scorecard"),
        39: _Said("The surest wrong answers of each finding with their heat.", "pictures"),
        40: _Said("In the model card.", "card"),
        41: _Said("Research use only; no diagnosis or treatment may rest on an answer.", "card"),
        17: _Said("As all films: by the label that came with them; no second reading.", "lineage"),
    }  # fmt: skip


def _nobody_here_knows() -> dict[int, _Said]:
    """What a run cannot know, and a person would have to add."""
    reasons = {
        13: "films come with no more of their acquisition than view and, in DICOM, modality",
        14: "labels come with the films; how they were made, their sources know",
        15: "see item 14",
        16: "see item 14",
        18: "films carry one label each",
        21: "the held-out set grows with what is admitted; what it can prove is shown by the intervals",
        34: "no clinical trial",
        44: "a run does not know who paid for it",
    }
    return {number: _Said(f"{NOT_AVAILABLE}: {why}.") for number, why in reasons.items()}
