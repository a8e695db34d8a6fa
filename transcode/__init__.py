"""From an uploaded recording to clips that players understand. It knows files and ffmpeg, and no lessons.

Every child process goes through ONE DOOR: ``transcode.run.run``. It decides the environment, the limits and
the end of a child (guard.py is what each child is first); the linter keeps ``subprocess`` out of all other
modules. tools finds ffmpeg and ffprobe, ffmpeg_args is what stands in each of their commands, errors has the
codes of all that can go wrong. The rooms, in the order of a recording's way through them:

reading      what a recording is, read without trusting the file
cutting      where to cut it: what is heard, and the choice of cuts
transcripts  what is said in it, as people bring it and as players show it
planning     which renditions a clip gets: facts in, a plan out
hls          playlists, and what the files are called that they list
pictures     the storyboard of a lecture; stills, poster and hover strip of a clip
checking     what ffmpeg wrote, looked at before anybody else does
encoding     making a clip: the command of its one child, and the order in which its files come to be
"""
