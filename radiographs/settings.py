"""Where everything lies and what a site may choose, read from RADIOGRAPHS_* in flows and services only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from radiographs import findings
from radiographs.errors import InvalidSettings


class Settings(BaseSettings):
    """Each field is the environment variable RADIOGRAPHS_<NAME>; a location left empty lies under `home`."""

    model_config = SettingsConfigDict(env_prefix="RADIOGRAPHS_", frozen=True, extra="ignore")

    home: Path = Path("state")
    catalogue_url: str = ""
    tracking_url: str = ""
    inbox: Path | None = None
    findings_file: Path = findings.PACKAGED
    release_rule: Path = Path("expectations/release.yaml")
    pseudonym_key: Path | None = Field(default=None, description="file of 32 bytes or 64 hex digits; else one is made")
    keep_identified: bool = Field(default=False, description="keeps delivered files as they came, identity and all")
    dicomweb_url: str = ""
    dicomweb_source: str = Field(default="", description="what films of the PACS are said to come from; else its host")
    dicomweb_user: str = ""
    dicomweb_password: SecretStr = SecretStr("")
    dicomweb_token: SecretStr = SecretStr("")
    dicomweb_ca: Path | None = None
    dicomweb_query: str = Field(default="", description="QIDO filters as key=value, separated by blanks")
    tolerated_failure_share: float = Field(default=0.2, ge=0, le=1)
    backbone: str = "MobileNetV2"
    weights: str = "imagenet"
    side_px: int = Field(default=224, ge=32, le=1024)
    fit: Literal["letterbox", "stretch"] = "letterbox"
    marks: Literal["keep", "mask"] = Field(default="keep", description="mask: no burnt-in letter reaches the network")
    contrast: Literal["none", "clahe", "gamma", "equalise"] = "none"
    border: float = Field(default=0.0, ge=0, le=0.2, description="share of each side that no network sees")
    start: Literal["fresh", "champion"] = Field(default="fresh", description="what weights a retrain starts from")
    search: Literal["random", "bayesian", "hyperband"] = Field(default="random", description="how heads are chosen")
    trials: int = Field(default=4, ge=1, description="heads that a retrain tries")
    folds: int = Field(default=3, ge=1, description="of train, in which each head is tried; 1 for none")
    fine_trials: int = Field(default=0, ge=0, description="ways of fine-tuning that a retrain tries; 0 for none")
    seed: int = 0
    threads: int = Field(default=0, ge=0, description="0: all cores")
    prefect_port: int = Field(default=4200, ge=1, le=65535)
    mlflow_port: int = Field(default=5000, ge=1, le=65535)
    service_port: int = Field(default=3000, ge=1, le=65535)
    max_upload_mb: int = Field(default=64, ge=1)
    follow_champion: bool = Field(
        default=False, description="the service follows champion.json instead of its own bundle"
    )

    @property
    def root(self) -> Path:
        """`home`, absolute."""
        return self.home.expanduser().resolve()

    @property
    def inbox_folder(self) -> Path:
        return (self.inbox or self.root / "inbox").expanduser().resolve()

    @property
    def catalogue_address(self) -> str:
        return self.catalogue_url or f"sqlite:///{self.root / 'catalogue.db'}"

    @property
    def tracking_address(self) -> str:
        return self.tracking_url or f"sqlite:///{self.root / 'mlflow' / 'mlflow.db'}"

    @property
    def champion_pointer(self) -> Path:
        """A JSON file that names the champion's bundle and version: written by promotion, read by the service."""
        return self.root / "champion.json"


def read() -> Settings:
    """Reads the settings from the environment.

    Raises:
        InvalidSettings: a value is of the wrong type or out of range; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "RADIOGRAPHS_" + str(first["loc"][0]).upper()
        raise InvalidSettings(f"{name}: {first['msg']}, got {first['input']!r}") from error
