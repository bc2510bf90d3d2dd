"""Every word the service says to a person, in English and in French, keyed so that the page can switch."""

from __future__ import annotations

from typing import TypedDict

NOTICE = "Research use only. Not a medical device: no diagnosis or treatment may rest on this answer."

CODES_BY_STATUS = {
    400: "bad_request",
    401: "unauthorised",
    404: "not_found",
    405: "not_found",
    413: "too_large",
    429: "busy",
    500: "internal",
    503: "no_champion",
    504: "too_slow",
}


class Words(TypedDict):
    """One language: `page` by element, `errors` by code, `findings` by their name in the model."""

    page: dict[str, str]
    errors: dict[str, str]
    findings: dict[str, str]


_ENGLISH: Words = {
    "page": {
        "title": "radiographs",
        "tagline": "Chest radiograph, answered and explained",
        "notice": NOTICE,
        "language": "Language",
        "choose": "Choose a chest radiograph",
        "drop": "or drop the file here. PNG, JPEG, WEBP, TIFF or DICOM, up to {limit} MB.",
        "again": "Another film",
        "working": "Reading the film…",
        "done": "{finding}, score {score}. Overlay shown for {overlay}.",
        "film": "Film",
        "film_alt": "The decoded radiograph, {width} by {height} pixels",
        "overlay": "Overlay",
        "overlay_alt": "The radiograph with the Grad-CAM overlay for {finding}; brighter colour means more weight",
        "strength": "Overlay strength",
        "scores": "Scores",
        "pick": "Choose a finding to see its overlay.",
        "score_help": (
            "A score is the model's calibrated probability among these findings only. "
            "A finding that is not listed cannot be seen."
        ),
        "map_help": "The overlay shows where the model looked, not where disease is.",
        "model": "Model",
        "bundle": "Bundle",
        "cohort": "Cohort",
        "request": "Request",
        "cautions": "This model did not pass every check; a person approved it nevertheless.",
        "size": "Film size",
        "righted": "inverted film, put right",
        "masked": "burnt-in text masked",
        "api": "API description",
    },
    "errors": {
        "bad_request": "The request cannot be understood: send one film as the multipart field `file`.",
        "busy": "Too many films are being read at once: wait a moment and send it again.",
        "internal": "The service failed on this request: its log has the details under the request id.",
        "missing_film": "No film came: send one file as the multipart field `file`.",
        "no_champion": "No model answers yet: promote one, then ask again.",
        "not_a_radiograph": "This does not look like a chest radiograph.",
        "not_found": "There is nothing at this address: films go to POST /predict or POST /explain.",
        "offline": "The service cannot be reached.",
        "refused": "The request was refused.",
        "too_large": "The film is larger than {limit} MB (RADIOGRAPHS_MAX_UPLOAD_MB): send a smaller one.",
        "too_slow": "The answer took too long: send the film again.",
        "unauthorised": "This service answers only to its own machine, and not through a proxy.",
        "unknown_finding": "The model has no such finding.",
        "unreadable_film": "The file cannot be read as an image.",
        "unusable_bundle": "The promoted model cannot be used: the service's log says why.",
    },
    "findings": {
        "COVID": "COVID-19",
        "Lung_Opacity": "Lung opacity",
        "Normal": "Normal",
        "Viral Pneumonia": "Viral pneumonia",
    },
}

_FRENCH: Words = {
    "page": {
        "title": "radiographs",
        "tagline": "Radiographie thoracique, réponse et explication",
        "notice": (
            "Réservé à la recherche. Ce n’est pas un dispositif médical : "
            "ni diagnostic ni traitement ne peuvent reposer sur cette réponse."
        ),
        "language": "Langue",
        "choose": "Choisir une radiographie thoracique",
        "drop": "ou déposer le fichier ici. PNG, JPEG, WEBP, TIFF ou DICOM, {limit} Mo au plus.",
        "again": "Autre cliché",
        "working": "Lecture du cliché…",
        "done": "{finding}, score {score}. Carte affichée pour {overlay}.",
        "film": "Cliché",
        "film_alt": "La radiographie décodée, {width} sur {height} pixels",
        "overlay": "Carte",
        "overlay_alt": (
            "La radiographie avec la carte Grad-CAM pour {finding} ; plus la couleur est vive, plus le poids est fort"
        ),
        "strength": "Intensité de la carte",
        "scores": "Scores",
        "pick": "Choisir un signe pour voir sa carte.",
        "score_help": (
            "Un score est la probabilité calibrée du modèle parmi ces seuls signes. "
            "Un signe qui n’est pas dans la liste ne peut pas être vu."
        ),
        "map_help": "La carte montre où le modèle a regardé, pas où se trouve la maladie.",
        "model": "Modèle",
        "bundle": "Paquet",
        "cohort": "Cohorte",
        "request": "Requête",
        "cautions": "Ce modèle n’a pas satisfait à tous les contrôles ; une personne l’a néanmoins approuvé.",
        "size": "Taille du cliché",
        "righted": "cliché inversé, redressé",
        "masked": "texte incrusté masqué",
        "api": "Description de l’API",
    },
    "errors": {
        "bad_request": "La requête est incompréhensible : envoyer un cliché dans le champ multipart `file`.",
        "busy": "Trop de clichés sont lus en même temps : attendre un instant, puis renvoyer.",
        "internal": "Le service a échoué sur cette requête : son journal donne le détail sous l’identifiant.",
        "missing_film": "Aucun cliché reçu : envoyer un fichier dans le champ multipart `file`.",
        "no_champion": "Aucun modèle ne répond encore : en promouvoir un, puis redemander.",
        "not_a_radiograph": "Ceci ne ressemble pas à une radiographie thoracique.",
        "not_found": "Il n’y a rien à cette adresse : les clichés vont à POST /predict ou POST /explain.",
        "offline": "Le service est injoignable.",
        "refused": "La requête a été refusée.",
        "too_large": "Le cliché dépasse {limit} Mo (RADIOGRAPHS_MAX_UPLOAD_MB) : en envoyer un plus petit.",
        "too_slow": "La réponse a pris trop de temps : renvoyer le cliché.",
        "unauthorised": "Ce service ne répond qu’à sa propre machine, et pas à travers un mandataire.",
        "unknown_finding": "Le modèle ne connaît pas ce signe.",
        "unreadable_film": "Le fichier ne peut pas être lu comme une image.",
        "unusable_bundle": "Le modèle promu est inutilisable : le journal du service dit pourquoi.",
    },
    "findings": {
        "COVID": "COVID-19",
        "Lung_Opacity": "Opacité pulmonaire",
        "Normal": "Normal",
        "Viral Pneumonia": "Pneumonie virale",
    },
}

WORDS: dict[str, Words] = {"en": _ENGLISH, "fr": _FRENCH}
