"""What forms, addresses and JSON carry, each with its limit; a route names one of these for every text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Form, Query
from pydantic import Field

from server.web.limits.sizes import BLOCK, ITEMS, LINE, PASTE, WORD

WordForm = Annotated[str, Form(max_length=WORD)]
LineForm = Annotated[str, Form(max_length=LINE)]
BlockForm = Annotated[str, Form(max_length=BLOCK)]
WordsForm = Annotated[Sequence[Annotated[str, Field(max_length=WORD)]], Form(max_length=ITEMS)]
PasteForm = Annotated[str, Form(max_length=PASTE)]

WordQuery = Annotated[str, Query(max_length=WORD)]
LineQuery = Annotated[str, Query(max_length=LINE)]

WordText = Annotated[str, Field(max_length=WORD)]
LineText = Annotated[str, Field(max_length=LINE)]
BlockText = Annotated[str, Field(max_length=BLOCK)]
