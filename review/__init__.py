"""Reading across all evidence, written and spoken alike."""
