"""Records as .docx: filled into templates, which strangers may have written, in a bounded child process."""
