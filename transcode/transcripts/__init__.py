"""What is said, as people bring it and as players show it.

parsing (whatever somebody brings, told apart by what it holds) asks: decoding (bytes to text), docx and
docx_package (the words of a .docx, however hostile), subtitles (SubRip, WebVTT, SBV), stamps (times in plain
text, LRC), ass, ttml, recognised (JSON), plain (text without times), repairing (cues in order, apart). They
share clock (what a time stamp looks like), words (plain words, who speaks) and raw (what readers hand on).
captions: timed, cut per clip, written as WebVTT; where sentences end.
"""
