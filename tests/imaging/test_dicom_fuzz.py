"""Whatever is wrong with a DICOM file, it is decoded or refused: no crash, no hang, no other error, no bloat."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import spoiled_dicom
from decoding_child import DecodingChild
from golden_films import FILES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FILMS = {name: data for name, data in FILES.items() if name.endswith(".dcm")}
ANY_FILM = st.sampled_from(sorted(FILMS)).flatmap(lambda name: spoiled_dicom.spoiled(FILMS[name]))
PATIENT = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def child() -> Iterator[DecodingChild]:
    """One process for all cases; a crash replaces it."""
    one = DecodingChild(FILMS["jpeg_lossless_12.dcm"])
    yield one
    one.end()


@given(data=ANY_FILM)
@settings(max_examples=60, **PATIENT)
def test_a_spoiled_film_is_decoded_or_refused(child, data):
    assert child.outcome(data) in ("decoded", "refused")


@pytest.mark.long
@pytest.mark.timeout(1200)
@given(data=ANY_FILM)
@settings(max_examples=2500, **PATIENT)
def test_two_thousand_spoiled_films_are_decoded_or_refused(child, data):
    assert child.outcome(data) in ("decoded", "refused")
