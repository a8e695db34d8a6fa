"""Declarations on pages and under /api/v1: the queue of reviewers, one declaration, levels of a node."""
