"""How a classifier is fitted, as plain values that need no Keras to be read, compared or stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Balance = Literal["weights", "sampling", "focal", "none"]
BALANCES: tuple[Balance, ...] = ("weights", "sampling", "focal", "none")


@dataclass(frozen=True)
class Augmentation:
    """How far a film may be changed while training; there is no mirroring, since the heart has a side.

    Attributes:
        rotation_degrees: largest turn either way.
        shift: largest shift, as a share of the side.
        zoom: largest change of scale, as a share.
        contrast: largest change of contrast about the film's mean, as a share.
        cutout: side of a square that is filled with the film's mean, as a share of the side; 0 for none.
        mixup: both parameters of the Beta distribution from which the share of a second film is drawn, which takes
            its share of the label too (Zhang et al. 2018, arXiv 1710.09412); 0 for none.
    """

    rotation_degrees: float = 5.0
    shift: float = 0.04
    zoom: float = 0.08
    contrast: float = 0.15
    cutout: float = 0.0
    mixup: float = 0.0

    def __post_init__(self) -> None:
        shares = {"shift": self.shift, "zoom": self.zoom, "contrast": self.contrast, "cutout": self.cutout}
        for name, share in shares.items():
            if not 0 <= share < 1:
                raise ValueError(f"expected {name} in [0, 1), got {share}")
        if not 0 <= self.rotation_degrees <= 180:
            raise ValueError(f"expected rotation_degrees in [0, 180], got {self.rotation_degrees}")
        if self.mixup < 0:
            raise ValueError(f"expected mixup of at least 0, got {self.mixup}")

    def scaled(self, strength: float) -> Augmentation:
        """The same changes, each times `strength`; what would pass its limit stops there."""
        most = 0.9
        return Augmentation(
            rotation_degrees=min(self.rotation_degrees * strength, 180.0),
            shift=min(self.shift * strength, most),
            zoom=min(self.zoom * strength, most),
            contrast=min(self.contrast * strength, most),
            cutout=min(self.cutout * strength, most),
            mixup=self.mixup * strength,
        )


@dataclass(frozen=True)
class FineTuning:
    """How the top of a backbone is fitted after the head; one stage for each group that is unfrozen.

    What it gains on real films with these values, and what other ways gain: docs/choosing-a-backbone.md, from
    `radiographs retrain` and `make bench-fine_tuning`.

    Attributes:
        groups: so many of the backbone's layer groups are unfrozen, one more from the top in each stage.
        epochs: at most so many in each stage.
        learning_rate: of the head and the topmost group, at its highest.
        rate_decay: each group further down learns at this share of the rate of the one above it.
        warm_up: share of a stage's steps over which the rate rises from 0, before it falls along half a cosine.
        weight_decay: share of each fine-tuned weight, times its rate, taken away in each step (AdamW).
        patience: epochs without a lower tune loss than the best so far before a stage ends.
    """

    groups: int = 2
    epochs: int = 4
    learning_rate: float = 3e-5
    rate_decay: float = 0.7
    warm_up: float = 0.1
    weight_decay: float = 0.0
    patience: int = 4

    def __post_init__(self) -> None:
        for name in ("groups", "epochs", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}; None for no fine-tuning")
        if not self.learning_rate > 0:
            raise ValueError(f"expected a learning_rate above 0, got {self.learning_rate}")
        if not 0 < self.rate_decay <= 1:
            raise ValueError(f"expected rate_decay in (0, 1], got {self.rate_decay}")
        if not 0 <= self.warm_up < 1:
            raise ValueError(f"expected warm_up in [0, 1), got {self.warm_up}")
        if self.weight_decay < 0:
            raise ValueError(f"expected weight_decay of at least 0, got {self.weight_decay}")


@dataclass(frozen=True)
class FitSettings:
    """How a classifier is fitted; the head's own learning rate is in its `HeadSettings`.

    Attributes:
        epochs: at most so many for the head, or from scratch.
        batch: films a step where pixels are read.
        head_batch: films a step on stored features.
        patience: epochs without a lower tune loss before the head's fit, or one from scratch, ends.
        seed: of shuffling, dropout and augmentation.
        balance: what gives every finding the same say, however many films it has: weights in the loss, drawing its
            films more often, those weights with a focal loss, or nothing.
        by_source: films of a finding are drawn so that each of its sources comes equally often.
        mixed_precision: bfloat16 between layers where pixels are read; weights stay float32.
        fine_tuning: None leaves the backbone frozen.
        augmentation: changes of films where pixels are read; None for none; the default rates were tried without.
        fine_tune_epochs: bounds `fine_tuning.epochs`; 0 leaves the backbone frozen.
    """

    epochs: int = 30
    batch: int = 32
    head_batch: int = 128
    patience: int = 5
    seed: int = 0
    balance: Balance = "weights"
    by_source: bool = False
    mixed_precision: bool = False
    fine_tuning: FineTuning | None = field(default_factory=FineTuning)
    augmentation: Augmentation | None = None
    fine_tune_epochs: int = 4

    def __post_init__(self) -> None:
        for name in ("epochs", "batch", "head_batch", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"expected {name} of at least 1, got {getattr(self, name)}")
        if self.balance not in BALANCES:
            raise ValueError(f"expected balance to be one of {', '.join(BALANCES)}, got {self.balance!r}")

    @property
    def fine_tunes(self) -> bool:
        """Whether a backbone with a frozen stage is unfrozen after it."""
        return self.fine_tuning is not None and self.fine_tune_epochs > 0

    @property
    def most_epochs(self) -> int:
        """The most epochs that a fit with a frozen stage can take, over all its stages."""
        tuned = self.fine_tuning
        return self.epochs + (0 if tuned is None else tuned.groups * min(tuned.epochs, self.fine_tune_epochs))
