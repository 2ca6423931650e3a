"""Which model weights are here, fetching and checking them, how fast they run."""
