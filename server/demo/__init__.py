"""The demonstration library: lessons written for Weike, spoken by a synthetic voice over drawn slides.

`content.lessons()` are the texts; `media.make()` turns one of them into a video and a transcript that agree
to the sample. Needs the `demo` extra (Pillow, espeakng-loader). Counties, villages and lecturers are made up;
history, laws and dates are not.

Modules: content (texts), reading (how the voice reads numbers), script (what is said when), speech (the
voice, a child process), fonts, slides, media (video and transcript), errors.
"""
