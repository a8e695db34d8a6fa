"""Tests of what runs beside the requests."""
