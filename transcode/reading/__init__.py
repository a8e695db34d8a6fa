"""What a recording is, read without trusting the file.

sniff (its kind, by its first bytes), truncation (whether it is all there), probe (its facts, from
ffprobe), facts (the records), packet_times (where a stream really ends), boxes (the structure of MP4, of
originals and of our own files), ffmpeg_errors (what the programs say, as a refusal).
"""
