"""Which models are installed, downloading and checking them, how fast they run."""
