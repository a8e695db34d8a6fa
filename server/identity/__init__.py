"""Identity providers: who vouches for people besides their passwords. Off unless the settings name one."""
