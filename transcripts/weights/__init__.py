"""Models for recognition: which there are, which are here, how they come, how quick they are. Runs none."""
