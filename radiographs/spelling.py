"""Compares words as people write them: without case, accents, or the marks between their parts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BETWEEN = re.compile(r"[\s_\-./'’‘\"°():#,]+")


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The words of a text in lower case without accents, one blank between them ("Numéro d'examen" → numero d examen).

    Brackets and other signs stay, because they mean something ("Height]" is half of a column, "COVID+" a result).
    """
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    return _BETWEEN.sub(" ", plain).strip()


def joined(text: str) -> str:
    """`folded` without blanks, so that "patient_id", "Patient ID" and "PatientID" are one word."""
    return folded(text).replace(" ", "")
