"""What a caller sends and what a caller gets, as the types that the OpenAPI document is made of."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal

import bentoml
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from services import messages
from services.refusals import Refused

_TRUE = frozenset({"1", "true", "yes", "on"})
_CAUTIONS = ["COVID sensitivity 0.86 [0.79, 0.91] (n=120) is not proven above 0.80: its low end 0.79 lies below 0.80."]
_EXAMPLE: Any = {
    "request_id": "4f0c2a5be51f4c0e8d5f0f4f1f8f6a30",
    "finding": "COVID",
    "scores": {"COVID": 0.81, "Lung_Opacity": 0.11, "Normal": 0.02, "Viral Pneumonia": 0.06},
    "model": {"name": "radiographs", "version": "7", "bundle": "9b1c6f2ad0c4", "cohort": "5d0e3b77a9f1"},
    "overlay_finding": "COVID",
    "overlay_png": "iVBORw0KGgo…",
    "film_png": None,
    "film": {"width": 2048, "height": 2500, "format": "DICOM", "corrections": []},
    "cautions": _CAUTIONS,
    "notice": messages.NOTICE,
}
_CARD_EXAMPLE: Any = {
    **_EXAMPLE["model"],
    "backbone": "DenseNet121",
    "precision": "f32",
    "findings": list(_EXAMPLE["scores"]),
    "side_px": 224,
    "temperature": 1.31,
    "cautions": _CAUTIONS,
    "notice": messages.NOTICE,
}
_CAUTIONS_WORDS = (
    "Checks of the release rule that this model did not pass: a person approved it in spite of them. Empty if none."
)


@dataclass(frozen=True)
class Upload:
    """The bytes of an uploaded film, or the reason why there are none."""

    data: bytes = b""
    refused: Refused | None = None

    def read(self) -> bytes:
        """The bytes.

        Raises:
            Refused: nothing usable was uploaded.
        """
        if self.refused is not None:
            raise self.refused
        return self.data


Film = Annotated[
    Upload,
    WithJsonSchema({"type": "string", "format": "binary", "description": "One film: PNG, JPEG, WEBP, TIFF or DICOM."}),
]


class _FilmForm(bentoml.IODescriptor):
    """A multipart form, read here because BentoML's own reader would fetch any address put in place of a file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    media_type: ClassVar[str | None] = "multipart/form-data"

    @classmethod
    async def from_http_request(cls, request: Request, serde: Any) -> _FilmForm:
        """Takes the known fields of the form; what is wrong with it is said later, by the API method."""
        try:
            words = await _fields(request)
        except Refused as refused:
            return cls.model_construct(file=Upload(refused=refused))
        given = {name: words[name] for name in cls.model_fields if name in words}
        if isinstance(given.get("film"), str):
            given["film"] = given["film"].strip().lower() in _TRUE
        return cls.model_construct(**given)


class PredictForm(_FilmForm):
    """The form of POST /predict."""

    file: Film
    overlay: str = Field(
        "none", description="`none`, `top`, or a finding: adds its Grad-CAM overlay, of the same pass as the scores."
    )
    film: bool = Field(False, description="Adds the decoded film as PNG, for browsers that cannot show DICOM or TIFF.")


class ExplainForm(_FilmForm):
    """The form of POST /explain."""

    file: Film
    finding: str = Field("top", description="`top` or a finding.")


class ModelFacts(BaseModel):
    """Which model answered."""

    name: str
    version: str
    bundle: str = Field(description="Digest of the compiled bundle.")
    cohort: str = Field(description="Digest of the cohort it was trained on.")


class ModelCard(ModelFacts):
    """Who answers, asked without a film."""

    model_config = ConfigDict(json_schema_extra={"example": _CARD_EXAMPLE})

    backbone: str = Field(description="The network below the classifier's head.")
    precision: str = Field(description="Numeric type of the compiled graph.")
    findings: list[str] = Field(description="What it scores, in the order of the scores.")
    side_px: int = Field(description="Side of the square that each film is brought to, in pixels.")
    temperature: float = Field(description="The logits are divided by it before they become scores.")
    cautions: list[str] = Field(description=_CAUTIONS_WORDS)
    notice: str = Field(description="Research use only.")


class FilmFacts(BaseModel):
    """What was decoded, and what was put right before the answer: an inverted film, text that may name somebody."""

    width: int
    height: int
    format: str
    corrections: list[Literal["righted", "masked"]]


class Prediction(bentoml.IODescriptor):
    """The answer to one film."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    request_id: str
    finding: str = Field(description="The finding with the highest score.")
    scores: dict[str, float] = Field(description="Calibrated probability in [0, 1] by finding; they sum to 1.")
    model: ModelFacts
    overlay_finding: str | None = Field(None, description="The finding whose overlay this is.")
    overlay_png: str | None = Field(None, description="Base64 of a PNG, at most 1536 px on its longer side.")
    film_png: str | None = Field(None, description="Base64 of a PNG of the decoded film, of the overlay's size.")
    film: FilmFacts
    cautions: list[str] = Field(description=_CAUTIONS_WORDS)
    notice: str = Field(description="Research use only.")


async def _fields(request: Request) -> dict[str, Any]:
    """The form's fields, the film's bytes under "file"."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _missing(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        form = await request.form(max_files=1, max_fields=8, max_part_size=4096)
    except (HTTPException, ClientDisconnect) as error:
        raise _missing(HTTPStatus.BAD_REQUEST) from error
    words: dict[str, Any] = {name: value for name, value in form.items() if isinstance(value, str)}
    film = form.get("file")
    if not isinstance(film, UploadFile):
        raise _missing(HTTPStatus.BAD_REQUEST)
    return words | {"file": Upload(await film.read())}


def _missing(status: HTTPStatus) -> Refused:
    return Refused(status, "missing_film", messages.WORDS["en"]["errors"]["missing_film"])
