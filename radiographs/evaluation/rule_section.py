"""What every part of the release rule is made of: keys that are all known, numbers that can be limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# The low end of an interval never reaches 1, so a limit of 1 could never be met.
Share = Annotated[float, Field(ge=0, lt=1)]
Margin = Annotated[float, Field(gt=0, lt=1)]
Lead = Annotated[float, Field(gt=-1, lt=1)]
Failed = Literal["warns", "holds", "rejects"]
NotJudged = Literal["none", "warns", "holds"]


class Section(BaseModel):
    """A part of the rule; a key that is not known, or a text where a number belongs, is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
