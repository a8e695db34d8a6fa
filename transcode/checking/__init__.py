"""What ffmpeg wrote, looked at before anybody else does.

renditions (whole, long enough, in step with each other), segments (what their boxes say: when picture and
sound begin).
"""
