"""The index in tantivy: index is what the face opens; tantivy is imported nowhere else.

index (a SearchEngine), schema (how a document lies there), store (one generation), view (what one
searcher may see of one commit), query (from a plan to tantivy's queries), search (one query in one view),
popularity (the most watched lessons first).
"""
