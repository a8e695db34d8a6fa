"""Tests of what the benches compute; what they measure is theirs."""
