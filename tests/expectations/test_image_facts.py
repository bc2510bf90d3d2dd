"""The image-facts suite refuses what cannot be a grey film, and says which figure told it."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.image_facts import image_facts_suite
from radiographs.errors import UnreadableTable
from radiographs.imaging import quality
from radiographs.imaging.quality import ImageFacts, Limits

LIMITS = Limits(min_side_px=64, max_aspect=2.5, max_tint=0.1, min_contrast=8.0, min_entropy=2.0)
NOT_DECODED = dict.fromkeys(
    ("width", "height", "tint", "contrast", "entropy", "exposure", "border_share", "text_share", "inversion",
     "frontal_score")
)  # fmt: skip


def test_an_ordinary_film_passes(failing):
    assert failing(image_facts_suite(LIMITS), {}) == {}


def test_figures_exactly_at_their_limit_pass(failing):
    at_limit = {"width": 64.0, "height": 160.0, "tint": 0.1, "contrast": 8.0, "entropy": 2.0}
    assert failing(image_facts_suite(LIMITS), at_limit) == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"width": 1.0, "height": 1.0}, "a film's shorter side must have 64 px, got 1 x 1"),
        ({"width": 600.0}, "the longer side may be 2.5 times the shorter, got 3 times"),
        ({"height": 600.0}, "the longer side may be 2.5 times the shorter, got 2.679 times"),
        ({"tint": 0.31}, "a film must be grey (tint at most 0.1), got colours of tint 0.31"),
        ({"contrast": 0.0}, "contrast must be at least 8, got 0"),
        ({"entropy": 0.5}, "entropy must be at least 2 bits, got 0.5"),
        ({"frontal_score": 0.05}, "a frontal chest film is expected (likeness at least 0.06), got 0.05"),
        ({"text_share": 1.5}, "text_share must be a share, got 1.5"),
        ({"laterality": "X"}, "laterality must be L, R or empty, got X"),
        ({"frontal_score": None}, "the film's facts are not complete"),
        (
            {"inversion": "suspected", "frontal_score": 0.0},
            "the pixels look like a negative of what the photometric interpretation says; "
            "a release from quarantine rights them",
        ),
    ],
)
def test_a_fault_is_told_as_the_rule_and_what_came(failing, change, reason):
    assert failing(image_facts_suite(LIMITS), {}, change) == {1: [reason]}


def test_a_file_that_was_not_decoded_is_left_to_its_own_problem(failing):
    assert failing(image_facts_suite(LIMITS), {"problem": "x.png: truncated", **NOT_DECODED}) == {}


def test_a_batch_without_any_decoded_film_is_no_error(failing):
    unread = {"problem": "x.png: truncated", **NOT_DECODED}
    assert failing(image_facts_suite(LIMITS), unread, unread) == {}


@pytest.mark.parametrize("column", ["width", "tint", "contrast", "entropy", "inversion", "problem"])
def test_a_missing_column_is_an_error_and_never_a_pass(failing, column):
    with pytest.raises(UnreadableTable, match="could not be evaluated"):
        failing(image_facts_suite(LIMITS), {}, without=column)


FACTS = st.builds(
    ImageFacts,
    width=st.integers(1, 400),
    height=st.integers(1, 400),
    bit_depth=st.just(8),
    channels=st.just(1),
    format=st.just("PNG"),
    tint=st.sampled_from([0.0, 0.1, 0.11, 0.9]),
    mean_intensity=st.just(100.0),
    contrast=st.sampled_from([0.0, 7.9, 8.0, 60.0]),
    sharpness=st.just(1.0),
    entropy=st.sampled_from([0.0, 1.9, 2.0, 7.0]),
    black_share=st.just(0.0),
    exposure=st.just(0.5),
    border_share=st.just(0.0),
    text_share=st.just(0.0),
    laterality=st.sampled_from(["", "L", "R"]),
    inversion=st.sampled_from(["none", "righted", "suspected"]),
    frontal_score=st.sampled_from([0.0, 0.05, 0.06, 0.9]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(films=st.lists(FACTS, min_size=1, max_size=20))
def test_the_suite_refuses_the_films_that_the_service_objects_to_and_no_other(failing, films):
    told = failing(image_facts_suite(LIMITS), *({**asdict(one), "laterality": one.laterality or None} for one in films))
    objected = {row: len(quality.objections(facts, LIMITS)) for row, facts in enumerate(films)}
    assert {row: len(texts) for row, texts in told.items()} == {row: n for row, n in objected.items() if n}
