"""Writes a report's page: one HTML file from a template beside this module, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write(path: Path, template: str, **content: Any) -> Path:
    """Renders a template and writes the page under a temporary name first.

    Args:
        path: the file to write.
        template: name of a template beside this module.
        content: what the template speaks of; a name that it lacks is an error.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template(template).render(**content)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(path)
    return path
