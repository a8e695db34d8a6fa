"""Pictures of a lecture and of a clip.

overview (of a whole lecture: slide turns and the storyboard), stills (of a clip; one is its poster),
sound_poster (the poster of a clip without a picture), sprites (the hover strip of the seek bar),
tone_mapping (HDR as ordinary screens show it), fitting (a picture whose size changes on the way).
"""
