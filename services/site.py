"""Everything that is read with GET: the web page with its words, the model's card, the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from radiographs import settings
from services import messages, model_card, openapi, refusals
from services.champion import Champion

PAGE = Path(__file__).with_name("page")


async def _index(_: Request) -> Response:
    return FileResponse(PAGE / "index.html", media_type="text/html")


async def _style(_: Request) -> Response:
    return FileResponse(PAGE / "page.css", media_type="text/css")


async def _script(_: Request) -> Response:
    return FileResponse(PAGE / "page.js", media_type="text/javascript")


async def _icon(_: Request) -> Response:
    return FileResponse(PAGE / "icon.svg", media_type="image/svg+xml")


async def _words(_: Request) -> Response:
    return JSONResponse({"words": messages.WORDS, "limit_mb": settings.read().max_upload_mb})


def make(document: Callable[[], dict[str, Any]], holder: Callable[[], Champion]) -> Starlette:
    """The page, the OpenAPI document that `document` gives and the card of the champion that `holder` gives.

    Both are asked for at each request, since they need the service to exist.
    """

    @refusals.in_words
    def model(_: Request) -> Response:
        return JSONResponse(model_card.card(holder()).model_dump())

    async def openapi_document(_: Request) -> Response:
        return JSONResponse(openapi.corrected(document()))

    return Starlette(
        routes=[
            Route("/", _index),
            Route("/page/page.css", _style),
            Route("/page/page.js", _script),
            Route("/page/icon.svg", _icon),
            Route("/page/words.json", _words),
            Route("/docs.json", openapi_document),
            Route("/model", model),
        ]
    )
