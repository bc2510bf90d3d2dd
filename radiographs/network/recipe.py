"""What, with a cohort, determines a classifier: its settings, refused early, and the names they give to stores."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Literal

from radiographs.errors import InvalidSettings
from radiographs.imaging.preprocessing import Preparation
from radiographs.network import backbones
from radiographs.network.backbones import SCRATCH
from radiographs.network.oracles import METHODS, Method
from radiographs.network.training import FitSettings

Start = Literal["fresh", "champion"]


@dataclass(frozen=True)
class SearchSettings:
    """What is tried before the fit.

    Attributes:
        method: how the next trial is chosen, in both searches.
        trials: heads, as `oracles.Plan` counts them; for a network from scratch, short fits.
        folds: of train, by groups, in which a head is tried; 1 fits each on all of train. From scratch it is always 1.
        fine_trials: ways of fine-tuning; 0 takes those of the fit's settings.
    """

    method: Method = "random"
    trials: int = 4
    folds: int = 3
    fine_trials: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"expected a search among {', '.join(METHODS)}, got {self.method!r}")
        for name, least in (("trials", 1), ("folds", 1), ("fine_trials", 0)):
            if getattr(self, name) < least:
                raise ValueError(f"expected {name} of at least {least}, got {getattr(self, name)}")


@dataclass(frozen=True)
class Recipe:
    """Everything that, with a cohort, determines a classifier; a fit starts fresh or from the champion's weights."""

    backbone: str = "MobileNetV2"
    weights: str = "imagenet"
    preparation: Preparation = field(default_factory=Preparation)
    search: SearchSettings = field(default_factory=SearchSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    start: Start = "fresh"
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuses early what `classifier.build` would refuse after hours of admission.

        Raises:
            UnknownBackbone: no such backbone, or the side is too small for it.
            WeightsUnavailable: the weights file is absent.
            InvalidSettings: ways of fine-tuning are to be searched where nothing is fine-tuned.
        """
        if self.search.fine_trials and (self.from_scratch or not self.fit.fine_tunes):
            raise InvalidSettings(
                f"{self.search.fine_trials} ways of fine-tuning are to be tried, and {self.backbone} is not fine-tuned "
                "by this recipe; choose another backbone, allow epochs for it, or try 0 ways"
            )
        backbones.require_side(self.backbone, self.preparation.side_px)
        if self.weights not in ("imagenet", "none"):
            backbones.require_file(self.weights)

    @property
    def from_scratch(self) -> bool:
        """Whether the backbone has no frozen stage (LeNet-5)."""
        return self.backbone == SCRATCH

    @property
    def weights_identity(self) -> str:
        """What the frozen weights are, known without building them: the file's digest, or the seed, or Keras's own."""
        if self.weights == "none":
            return f"random, seed {self.seed}"
        if self.weights == "imagenet":
            return "imagenet"
        return hashlib.sha256(backbones.require_file(self.weights).read_bytes()).hexdigest()

    @property
    def feature_key(self) -> str:
        """Names the frozen features: preparation, backbone and weights, and nothing that comes after them."""
        return _digest(self.feature_facts)

    @property
    def feature_facts(self) -> dict[str, str]:
        """All that a film's features depend on beside the film."""
        return {"preparation": self.preparation.digest, "backbone": self.backbone, "weights": self.weights_identity}

    @property
    def epochs(self) -> int:
        """The most epochs that a fit can take, over all its stages."""
        return self.fit.epochs if self.from_scratch else self.fit.most_epochs

    @property
    def digest(self) -> str:
        """Names the whole recipe; a weights file counts by its content, not by where it lies."""
        content = asdict(self) | {"weights": self.weights_identity, "preparation": self.preparation.digest}
        return _digest(content)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
