"""What the search makes of text: folded, cut into words, read aloud, looked up.

fold (one thing, one spelling), numerals and days (one spelling for numbers, and for days that are names),
analysis (units, pairs, words), pinyin and lookalikes (how it sounds, what it looks like), names (titles,
lecturers and topics, found by sound and by what is near), dictionary (words that belong together or mean the
same; party_terms.json is what comes with Weike), query_words (the words of a query, cut with the dictionary).
"""
