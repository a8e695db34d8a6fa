"""The routes of what people mark for themselves, and of questions: a part of the table in route_rights."""

from __future__ import annotations

from collections.abc import Mapping

from library.core.rights import Act

MARKS: Mapping[Act, tuple[str, ...]] = {
    Act.LESSON_MARK: (
        "PUT /api/v1/clips/{clip_id}/favourite",
        "POST /api/v1/clips/{clip_id}/notes",
        "PUT /api/v1/clips/{clip_id}/position",
        "POST /api/v1/clips/{clip_id}/questions",
        "PUT /api/v1/lessons/{lesson_id}/favourite",
        "POST /clips/{clip_id}/favourite",
        "POST /clips/{clip_id}/notes",
        "POST /clips/{clip_id}/questions",
        "POST /lessons/{lesson_id}/favourite",
    ),
    Act.QUESTION_ANSWER: (
        "GET /api/v1/questions/desk",
        "POST /api/v1/questions/{question_id}/answer",
        "POST /api/v1/questions/{question_id}/decline",
        "GET /questions/desk",
        "POST /questions/{question_id}/answer",
        "POST /questions/{question_id}/decline",
    ),
}
"""Looking at what is asked at a clip is looking at the clip: LESSON_VIEW has those routes."""

OWN_MARKS = (
    "GET /api/v1/favourites",
    "DELETE /api/v1/favourites/{thing_id}",
    "GET /api/v1/notes",
    "DELETE /api/v1/notes/{note_id}",
    "PATCH /api/v1/notes/{note_id}",
    "GET /api/v1/positions",
    "POST /api/v1/positions",
    "DELETE /api/v1/positions",
    "DELETE /api/v1/positions/{watched_id}",
    "GET /api/v1/questions/mine",
    "DELETE /api/v1/questions/{question_id}",
    "GET /my-learning",
    "GET /my-learning/export.xlsx",
    "GET /my-learning/favourites",
    "POST /my-learning/favourites/{thing_id}/remove",
    "GET /my-learning/history",
    "POST /my-learning/history/forget",
    "POST /my-learning/history/pause",
    "GET /my-learning/notes",
    "GET /my-learning/notes/export.{ending}",
    "POST /my-learning/notes/{note_id}/delete",
    "POST /my-learning/notes/{note_id}/edit",
    "GET /questions/mine",
    "POST /questions/{question_id}/withdraw",
)
"""What everybody with an account does with what is their own; nobody else's is ever found."""

ON_A_DEVICE = (
    "GET /app.webmanifest",
    "GET /app-icon/{mark}/{name}.png",
    "GET /offline",
    "GET /offline/still",
    "GET /offline/worker-part.js",
)
"""What a device keeps, and the application that a telephone installs."""
