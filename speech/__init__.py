"""Speech: words with their seconds out of sound, and a script's sentences put where they are said.

An engine beside transcode and search: it knows neither the library nor the server, and no network. What
decides is pure (chunking, guards, written forms, repair, cues, alignment); what recognises lies in
``adapters`` and is loaded by the child process alone (``child``). See decision 24.
"""
