"""The index in Whoosh: index is what the face opens; Whoosh is imported nowhere else.

index (a SearchEngine), schema (how a document lies there), store (one generation), writer and terms
(segments, several times as fast as Whoosh writes them), reader and files (what a commit left, through
memory).
"""
