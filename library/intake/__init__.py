"""How a recording comes in: upload, probe, split, one encode per clip, captions, index."""
