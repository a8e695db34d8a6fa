"""What recognising speech and aligning scripts reaches and costs: `python -m bench.speech`."""
