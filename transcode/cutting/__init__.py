"""Where to cut a lecture.

audio_profile (one decode of the sound: how loud it is, and its wave), pauses (where nobody speaks), split
(the choice among pauses, ends of sentences, slide turns and chapter marks).
"""
