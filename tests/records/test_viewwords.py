"""A view position is put into one spelling; nothing is read into a word that does not say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radiographs.records import viewwords

SAID = {
    "PA": "PA|pa|P.A.|postero-anterior|Postéro-antérieur|POSTERIOR ANTERIOR|thorax PA|vue PA",
    "PA Erect": "PA debout|erect PA",
    "AP": "AP|antero-posterior|Antéro-postérieure|face AP|AP au lit|AP assis",
    "AP Erect": "AP Erect|A.P. debout",
    "AP Supine": "ap supine|Supine AP|AP couché|face couché|Thorax de face, patient alité|AP décubitus dorsal",
    "AP Semi Erect": "AP Semi Erect|AP semi-erect",
    "Frontal": "face|de face|FRONTAL|Thorax face debout|front view",
    "Lateral": "profil|LATERAL|thorax profil|lat view",
    "Left Lateral": "left lateral|profil gauche",
    "Right Lateral": "profil droit",
    "Oblique": "oblique|left oblique",
    "Lateral Decubitus": "AP left lateral decubitus|décubitus latéral",
    "LL": "LL|ll",
    "": "|unknown|inconnue|debout|couché|thorax|?",
}


@pytest.mark.parametrize("expected", SAID)
def test_what_is_said_of_a_view_gets_one_spelling(expected: str) -> None:
    known = {word: viewwords.view(word) for word in SAID[expected].split("|")}
    assert set(known.values()) == {expected}, known


@pytest.mark.parametrize("text", ["XPA", "PA of a hand", "Axial", "PA and lateral", "face/profil", "PA AP", "left PA"])
def test_an_unknown_or_contradictory_view_is_none(text: str) -> None:
    assert viewwords.view(text) is None


@given(st.text(max_size=20))
def test_every_answer_is_of_the_vocabulary_and_stays_what_it_is(text: str) -> None:
    told = viewwords.view(text)
    assert told is None or told == "" or told in (*viewwords.FRONTAL, *viewwords.OTHER)
    assert not told or viewwords.view(told) == told


def test_the_vocabulary_keeps_its_own_spelling() -> None:
    every = (*viewwords.FRONTAL, *viewwords.OTHER)
    assert [viewwords.view(view.upper()) for view in every] == list(every)


def test_the_header_gate_agrees_on_what_is_frontal() -> None:
    from radiographs.imaging import headerwords

    told = {view: headerwords.is_frontal(view) for view in (*viewwords.FRONTAL, *viewwords.OTHER)}
    assert told == {view: view in viewwords.FRONTAL for view in told}
