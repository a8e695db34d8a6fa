"""What is said, as people bring it and as players show it.

parsing (.srt, .vtt, .txt and .docx), docx (the words of a .docx, however hostile), captions (timed, cut
per clip, written as WebVTT; where sentences end), fitting (whether their clock is the recording's).
"""
