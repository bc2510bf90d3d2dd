"""Names by which tables of hospitals and public data sets call their columns, and the name we know each by."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from radiographs import spelling

Names = Mapping[str, tuple[str, ...]]

# By our name; case, accents, blanks and signs do not count. DICOM's keywords are among the English ones.
ENGLISH: Names = {
    "path": (
        "file", "file name", "file path", "image", "image name", "image file", "image filename", "image path",
        "image index", "image id",
    ),
    "finding": ("findings", "finding label", "finding labels", "diagnosis", "label", "labels", "class", "class name"),
    "source": ("origin", "hospital", "site", "data set", "institution", "institution name"),
    "patient_id": ("patient", "patient number", "id patient", "mrn", "subject", "subject id"),
    "view_position": ("view", "projection"),
    "age": ("patient age", "age years", "age in years"),
    "sex": ("gender", "patient sex", "patient gender"),
    "study_id": ("study", "study instance uid", "study uid", "exam id"),
    "accession": ("accession number", "accession no"),
    "study_date": ("date", "exam date", "examination date"),
    "offset_days": ("offset", "days", "day offset"),
    "lung_mask": ("lung mask path",),
    "lesion_mask": ("lesion mask path",),
    "width": ("image width", "columns"),
    "height": ("image height", "rows"),
    "size": ("image size", "dimensions"),
    "format": ("file format", "image format"),
    "channels": ("samples per pixel", "number of channels"),
    "mode": ("image mode", "photometric interpretation"),
}  # fmt: skip
FRENCH: Names = {
    "path": ("chemin", "chemin d'accès", "chemin du fichier", "fichier", "nom de fichier", "nom du fichier"),
    "finding": ("diagnostic", "résultat", "résultats", "classe", "étiquette", "constat"),
    "source": ("origine", "hôpital", "établissement", "provenance", "centre"),
    "patient_id": (
        "identifiant patient", "identifiant du patient", "numéro patient", "numéro de patient", "numéro du patient",
        "n° patient", "ipp", "nip",
    ),
    "view_position": ("incidence", "vue"),
    "age": ("âge ans", "âge en années", "âge patient", "âge du patient"),
    "sex": ("sexe", "sexe du patient"),
    "study_id": ("examen", "id examen", "identifiant examen", "identifiant de l'examen", "étude", "id étude"),
    "accession": ("numéro d'examen", "numéro examen", "numéro de l'examen", "n° examen", "n° d'examen", "no examen"),
    "study_date": (
        "date d'examen", "date examen", "date de l'examen", "date étude", "date du cliché", "date (jj/mm/aaaa)",
    ),
    "offset_days": ("décalage", "décalage jours", "décalage en jours", "délai jours"),
    "lung_mask": ("masque pulmonaire", "masque poumon", "masque poumons", "masque des poumons"),
    "lesion_mask": ("masque lésion", "masque lésions", "masque des lésions"),
    "width": ("largeur", "largeur image"),
    "height": ("hauteur", "hauteur image"),
    "size": ("taille image", "taille de l'image"),
    "channels": ("canaux", "nombre de canaux"),
}  # fmt: skip
# A lone "height" may be the patient's; only both together speak of the picture.
_ONLY_TOGETHER = ("width", "height")


@dataclass(frozen=True)
class Columns:
    """The columns of a table.

    Attributes:
        names: of each column in order: ours, or "" for one that is not read.
        french: whether the table's header is written in French.
        objection: empty, or why the header can be read in two ways.
    """

    names: tuple[str, ...]
    french: bool = False
    objection: str = ""


def recognise(header: Sequence[str]) -> Columns:
    """Reads a header. A column with exactly our name goes before others that could mean the same."""
    tidy = [cell.strip().lower() for cell in header]
    twice = sorted({cell for cell in tidy if cell and tidy.count(cell) > 1})
    if twice:
        return Columns((), objection=f"the column '{twice[0]}' stands twice; remove one of them, or rename it")
    meant = [_KNOWN.get(spelling.joined(cell), "") for cell in tidy]
    names = ["" if cell != name and name in tidy else name for cell, name in zip(tidy, meant, strict=True)]
    for name in dict.fromkeys(filter(None, names)):
        rivals = [f"'{cell}'" for cell, ours in zip(tidy, names, strict=True) if ours == name]
        if len(rivals) > 1:
            reason = f"{' and '.join(rivals)} can both be the column '{name}'; rename the one that is right '{name}'"
            return Columns((), objection=reason)
    if not set(_ONLY_TOGETHER) <= set(names):
        names = ["" if name in _ONLY_TOGETHER else name for name in names]
    return Columns(tuple(names), any(_french(cell) for cell, name in zip(tidy, names, strict=True) if name))


def _french(cell: str) -> bool:
    accented = any(unicodedata.combining(letter) for letter in unicodedata.normalize("NFKD", cell))
    return accented or spelling.joined(cell) in _KNOWN_IN_FRENCH


def _by_spelling(names: Names) -> dict[str, str]:
    return {spelling.joined(word): name for name, words in names.items() for word in (name, *words)}


_KNOWN_IN_ENGLISH = _by_spelling(ENGLISH)
_KNOWN = {**_by_spelling(FRENCH), **_KNOWN_IN_ENGLISH}
_KNOWN_IN_FRENCH = _KNOWN.keys() - _KNOWN_IN_ENGLISH.keys()
