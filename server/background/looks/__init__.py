"""What the worker looks at beside recordings that come in."""
