"""The words by which headers and tables of many hospitals name a view or a part of the body, and what they mean."""

from __future__ import annotations

import re
import unicodedata

_CHEST = (
    "CHEST", "THORA", "TORAX", "TORAC", "LUNG", "PULM", "POUMON", "BRUST", "BORST", "BROST", "BRYST", "CXR", "HRUDN",
    "KLATKA", "GOGUS", "AKCIGER", "ГРУД", "ОГК", "ΘΩΡΑΚ", "胸",
)  # fmt: skip
# A film of the spine or ribs names the chest as their place ("THORACIC SPINE", "BRUSTWIRBEL").
_NEAR_CHEST = ("SPIN", "VERTEBR", "WIRBEL", "WERVEL", "RACHIS", "COLONNA", "COLUMNA", "COLUNA", "RIPPEN", "STERN")
_SAYS_NOTHING = ("", "UNKNOWN", "OTHER", "NONE", "UNDEFINED", "UNSPECIFIED", "NA", "ANY", "DEFAULT", "NULL")
# Words of a description that name a part for sure; the word on the right is what is recorded.
_PARTS = {
    **dict.fromkeys(
        ("TEETH", "TOOTH", "DENTAL", "DENT", "DENTS", "ZAHN", "ZAHNE", "BITEWING", "MANDIBLE", "JAW"), "TEETH"
    ),
    **dict.fromkeys(("SKULL", "CRANIUM", "CRANE", "SCHADEL", "SINUS", "SINUSES", "ORBIT", "ORBITS"), "SKULL"),
    **dict.fromkeys(("SPINE", "LUMBAR", "CERVICAL", "SACRUM", "RACHIS", "CSPINE", "TSPINE", "LSPINE"), "SPINE"),
    **dict.fromkeys(("ABDOMEN", "ABDOMINAL", "KUB"), "ABDOMEN"),
    **dict.fromkeys(("PELVIS", "BASSIN", "BECKEN", "PELVIC", "HIP", "HIPS", "HANCHE", "HUFTE"), "PELVIS"),
    **dict.fromkeys(("SHOULDER", "EPAULE", "CLAVICLE", "SCAPULA", "HUMERUS"), "SHOULDER"),
    **dict.fromkeys(("ELBOW", "FOREARM", "WRIST", "FINGER", "FINGERS", "THUMB", "POIGNET", "COUDE"), "ARM"),
    **dict.fromkeys(("FEMUR", "KNEE", "TIBIA", "FIBULA", "ANKLE", "CALCANEUS", "GENOU", "CHEVILLE", "KNIE"), "LEG"),
    **dict.fromkeys(("BREAST", "MAMMOGRAM", "MAMMOGRAPHY", "MAMMOGRAPHIE", "MAMMOGRAFIE"), "BREAST"),
}
_FRONTAL = (
    "PA", "AP", "FRONTAL", "FRONTALE", "FRONT", "FACE", "POSTEROANTERIOR", "ANTEROPOSTERIOR", "POSTERIORANTERIOR",
    "ANTERIORPOSTERIOR", "POSTEROANTERIEUR", "ANTEROPOSTERIEUR", "APSUPINE", "APERECT",
)  # fmt: skip
_LATERAL = (
    "LATERAL", "LATERALE", "LATERALIS", "LAT", "LL", "RL", "LLAT", "RLAT", "L", "PROFIL", "PROFILE", "PERFIL",
    "SEITLICH",
)  # fmt: skip
# Never a frontal view, whatever stands beside it ("AP LEFT LATERAL DECUBITUS").
_OBLIQUE = (
    "LLD", "RLD", "LLO", "RLO", "LAO", "RAO", "LPO", "RPO", "OBLIQUE", "OBLIQUES", "OBLIQUA", "OBLICUA", "OBL",
    "SCHRAG", "DECUBITUS", "DECUB", "AXIAL", "CORONAL", "SAGITTAL",
)  # fmt: skip


def part(text: str) -> str | None:
    """The text where it is one of the words that are recorded for a part of the body here; else None."""
    return text if text in _PARTS.values() else None


def words(text: str) -> list[str]:
    """The words of a text in capital letters without accents; dots within a word ("P.A.") are dropped."""
    plain = unicodedata.normalize("NFKD", text.upper())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter) and letter not in ".'")
    return re.findall(r"[^\W\d_]+", plain)


def is_frontal(text: str) -> bool | None:
    """Whether a view's name means a frontal film; None where the name is unknown or names both kinds."""
    found = words(text)
    joined = "".join(found)
    if any(word in _OBLIQUE for word in (*found, joined)):
        return False
    frontal = any(word in _FRONTAL for word in (*found, joined))
    lateral = any(word in _LATERAL for word in (*found, joined))
    return None if frontal == lateral else frontal


def is_chest(text: str) -> bool | None:
    """Whether a body part's name means the chest; None where it says nothing."""
    joined = "".join(words(text))
    if joined in _SAYS_NOTHING:
        return None
    return any(stem in joined for stem in _CHEST) and not any(stem in joined for stem in _NEAR_CHEST)


def part_in(description: str) -> str | None:
    """The body part that a description names, of a short list, so that nothing else of a free text is kept."""
    if is_chest(description):
        return "CHEST"
    return next((_PARTS[word] for word in words(description) if word in _PARTS), None)


def view_in(description: str) -> str | None:
    """PA, AP or LATERAL where a description names just one of them."""
    named = {
        "LATERAL" if word == "LAT" else word for word in words(description) if word in ("PA", "AP", "LAT", "LATERAL")
    }
    return named.pop() if len(named) == 1 else None
