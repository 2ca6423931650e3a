"""From sound to words: recognisers, decoders, windows, word times."""
