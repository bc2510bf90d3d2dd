"""The view position that a table or a header means, in one spelling, so that films of one kind are counted together."""

from __future__ import annotations

import re
from functools import lru_cache

from radiographs import spelling

# DICOM's View Position (0018,5101) for the chest, with the words that public tables add to it.
FRONTAL = ("PA", "AP", "PA Erect", "PA Supine", "AP Erect", "AP Semi Erect", "AP Supine", "Frontal")
OTHER = (
    "Lateral", "Left Lateral", "Right Lateral", "Oblique", "Lateral Decubitus",
    "L", "LL", "RL", "LAT", "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO",
)  # fmt: skip
_UNKNOWN = ("", "unknown", "na", "n a", "none", "other", "not stated", "inconnu", "inconnue", "autre", "nr", "?")
_PHRASES = (
    (re.compile(r"\b(?:postero|posterior) (?:anterior|anterieure?)\b|\bp a\b"), "pa"),
    (re.compile(r"\b(?:antero|anterior) (?:posterior|posterieure?)\b|\ba p\b"), "ap"),
    (re.compile(r"\b(?:decubitus dorsal|dorsal decubitus)\b"), "supine"),
    (re.compile(r"\bx ray\b"), "xray"),
)
_NOTHING = ""  # the meaning of words that are said beside a view
_MEANINGS = {
    **dict.fromkeys(("pa", "posteroanterior", "posterioranterior", "posteroanterieur"), "PA"),
    **dict.fromkeys(("ap", "anteroposterior", "anteriorposterior", "anteroposterieur"), "AP"),
    **dict.fromkeys(("frontal", "frontale", "front", "face"), "Frontal"),
    **dict.fromkeys(("lateral", "laterale", "lateralis", "lat", "profil", "profile", "perfil", "seitlich"), "Lateral"),
    **dict.fromkeys(("oblique", "obl"), "Oblique"),
    **dict.fromkeys(("decubitus", "decub"), "Decubitus"),
    **dict.fromkeys(("left", "gauche"), "Left"),
    **dict.fromkeys(("right", "droit", "droite"), "Right"),
    **dict.fromkeys(("erect", "upright", "standing", "debout"), "Erect"),
    **dict.fromkeys(("supine", "couche", "couchee", "alite", "alitee"), "Supine"),
    **dict.fromkeys(("semi",), "Semi"),
    **dict.fromkeys(
        ("de", "du", "en", "au", "le", "of", "the", "view", "vue", "incidence", "projection", "film", "cliche", "lit"),
        _NOTHING,
    ),
    **dict.fromkeys(
        (
            "radiographie",
            "radio",
            "rx",
            "xray",
            "cxr",
            "thorax",
            "chest",
            "poumon",
            "poumons",
            "patient",
            "assis",
            "assise",
        ),
        _NOTHING,
    ),
}
_CODES = {view.casefold(): view for view in (*FRONTAL, *OTHER)}


@lru_cache(maxsize=4096)
def view(text: str) -> str | None:
    """The view position in one spelling; "" where the text leaves it unknown, None for a word not known here.

    A view named face (frontal) leaves open where the beam came from, so it is not taken for PA; a patient who lies on
    his back can only have been exposed from the front.
    """
    said = spelling.folded(text)
    if said in _CODES:
        return _CODES[said]
    if said in _UNKNOWN:
        return ""
    for phrase, word in _PHRASES:
        said = phrase.sub(word, said)
    meant = {_MEANINGS.get(word) for word in said.split()}
    return None if None in meant else _named({meaning for meaning in meant if meaning})


def _named(meant: set[str]) -> str | None:
    """One name for what was meant, None where it contradicts itself."""
    for whole in ("Decubitus", "Oblique"):
        if whole in meant:
            return "Lateral Decubitus" if whole == "Decubitus" else whole
    ways, sides = meant & {"PA", "AP", "Frontal", "Lateral"}, meant & {"Left", "Right"}
    if not ways and not sides:
        return ""
    if ways == {"Lateral"} and len(sides) < 2:
        return " ".join((*sides, "Lateral"))
    if "Lateral" in ways or sides or {"PA", "AP"} <= ways or {"Erect", "Supine"} <= meant:
        return None
    beam = "".join(ways - {"Frontal"}) or ("AP" if "Supine" in meant else "")
    posture = [word for word in ("Semi", "Erect", "Supine") if word in meant]
    return " ".join((beam, *posture)) if beam else "Frontal"
