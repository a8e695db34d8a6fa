"""The routes of what a machine hears, by act."""

from __future__ import annotations

HEARING = (
    "GET /api/v1/lessons/{lesson_id}/recognition",
    "POST /api/v1/lessons/{lesson_id}/recognition",
    "POST /api/v1/lessons/{lesson_id}/recognition/cancel",
    "POST /lessons/{lesson_id}/recognition",
    "POST /lessons/{lesson_id}/recognition/cancel",
)
"""Asking for a lesson and stopping it."""

OWN_HEARING = (
    "POST /account/speech",
    "GET /api/v1/account/speech",
    "PUT /api/v1/account/speech",
)
"""Whether one's own lessons are heard."""
