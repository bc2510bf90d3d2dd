"""The service that takes a film and gives scores with their explanation; it reads on one screen."""

from __future__ import annotations

import base64
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

import bentoml
from bentoml.validators import ContentType
from starlette.responses import Response

from radiographs import settings
from radiographs.imaging.decode import DecodeLimits
from services import champion, messages, middleware, model_card, reading, refusals, request, site
from services.answers import ExplainForm, FilmFacts, PredictForm, Prediction, Upload


@bentoml.service(traffic={"timeout": 60}, threads=4)
class RadiographClassifier:
    """Scores a chest radiograph and shows where the model looked. Research use only, not a medical device."""

    def __init__(self) -> None:
        chosen = settings.read()
        self.limits = DecodeLimits(max_bytes=chosen.max_upload_mb * 2**20)
        self.seat = champion.Seat()
        self.follower: champion.Follower | None = None
        if chosen.follow_champion:
            pointer = chosen.champion_pointer
            load = partial(champion.from_pointer, pointer, threads=chosen.threads)
            self.follower = champion.Follower(self.seat, pointer, load)
            self.follower.start()
        else:
            self.seat.offer(partial(champion.from_bento, threads=chosen.threads))

    def __is_ready__(self) -> bool:
        return self.seat.taken

    @bentoml.on_shutdown
    def stop_following(self) -> None:
        if self.follower is not None:
            self.follower.stop()

    @bentoml.api(input_spec=PredictForm)
    @refusals.in_words
    def predict(self, file: Upload, overlay: str = "none", film: bool = False) -> Prediction:
        """Scores of one film by finding, with the overlay of a finding and the film itself when asked."""
        holder = self.seat.holder()
        asked = "none" if overlay == "none" else reading.finding_named(holder, overlay)
        read = reading.read(holder, file.read(), self.limits)
        shown = {"none": None, "top": read.answer.finding}.get(asked, asked)
        return Prediction(
            request_id=request.request_id(),
            finding=read.answer.finding,
            scores=read.scores,
            model=model_card.facts(holder),
            overlay_finding=shown,
            overlay_png=None if shown is None else base64.b64encode(reading.overlay_png(read, shown)).decode(),
            film_png=base64.b64encode(reading.film_png(read)).decode() if film else None,
            film=film_facts(read),
            cautions=list(holder.cautions),
            notice=messages.NOTICE,
        )

    @bentoml.api(input_spec=ExplainForm)
    @refusals.in_words
    def explain(self, file: Upload, finding: str = "top") -> Annotated[bytes, ContentType("image/png")]:
        """PNG of the film with a finding's overlay; X-Finding and X-Score say which, X-Cautions how many there are."""
        holder = self.seat.holder()
        asked = reading.finding_named(holder, finding)
        read = reading.read(holder, file.read(), self.limits)
        shown = read.answer.finding if asked == "top" else asked
        headers = {
            "X-Finding": quote(shown, safe=" "),
            "X-Score": f"{read.scores[shown]:.6f}",
            "X-Model-Version": holder.version,
            "X-Cautions": str(len(holder.cautions)),
        }
        return Response(reading.overlay_png(read, shown), media_type="image/png", headers=headers)  # type: ignore[return-value]


def film_facts(read: reading.Reading) -> FilmFacts:
    """What was decoded and put right."""
    file, corrections = read.film.file, read.film.corrections
    return FilmFacts(width=file.width, height=file.height, format=file.format, corrections=list(corrections))


_service: Any = RadiographClassifier  # the decorator made a bentoml.Service of the class
_site = site.make(lambda: _service.openapi_spec.asdict(), lambda: bentoml.get_current_service().seat.holder())
_service.mount_asgi_app(_site, path="/")
for _layer in (middleware.Envelope, middleware.LoopbackOnly, middleware.BodyLimit):  # the outermost first
    _service.add_asgi_middleware(_layer)
