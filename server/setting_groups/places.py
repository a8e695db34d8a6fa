"""Where the library lies: its database, jobs, files and index."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class PlaceSettings(BaseSettings):
    """Where the library lies: its database, jobs, files and index."""

    data: Path = Field(
        default=Path("data"), description="The folder under which everything of the library lies."
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the data folder.")
    jobs_url: str = Field(default="", description="Where jobs are kept; empty: SQLite in the data folder.")
    store_url: str = Field(
        default="", description="s3://bucket[/prefix]; empty: a folder in the data folder."
    )
    store_options: dict[str, Any] = Field(
        default_factory=dict,
        description='JSON of obstore\'s S3 settings, such as {"endpoint": "http://s3:8333"}.',
    )
    index: Path | None = Field(default=None, description="The search index's folder, on a local disk.")
    search: Literal["whoosh", "tantivy"] = Field(
        default="whoosh",
        description="The search engine, each with an index of its own; tantivy above about 20,000 lessons.",
    )
