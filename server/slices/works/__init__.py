"""Works on pages and under /api/v1: series, sites, honours and materials of lessons, lecturers, topics."""
