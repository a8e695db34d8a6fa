"""Making the files of a clip.

package (encode, check, write the master: the way in), graph (ffmpeg's arguments for a plan, held by
golden tests), even_sound (a sound that changes on the way), remux (one file to take along out of a
published rendition).
"""
