"""Who somebody proves to be: sign-ins, tokens, one-time links."""
