"""What people bring to say what is said: read, laid over the recording, kept, and one of it in use."""

from __future__ import annotations
