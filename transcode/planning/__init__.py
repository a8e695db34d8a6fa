"""Which renditions a clip gets, and how it comes to them. Decisions, all but key_frames pure.

ladder (from facts to a plan), plan (everything that decides the bytes of a clip, and its digest), copying
(whether the best rendition can be the original's own packets), key_frames (reads where they are, for
copying).
"""
