"""What somebody meant, and where it is said. Pure, the same for every engine.

visible_terms (what an engine tells for it), suggestions (while somebody types), letters (what stands
behind pinyin and initials), typed_words, did_you_mean and misspelt (another spelling), expansion (all that a
query looks for besides its words), highlighting (its words in a text), moments (the seconds at which they are
said).
"""
