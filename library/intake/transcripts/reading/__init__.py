"""Reading the files that people bring as transcripts.

words (a file becomes words, and these are laid over a recording; pure) is asked where reading may take its
time: on the command line, by the worker. Beside pages reader asks a child process (child), which does the
same within bounds; message is what the two say to each other.
"""
