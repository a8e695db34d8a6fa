"""The manual inside of the pages, in Chinese and in English, with a search."""
