"""Decoding, probing and streaming sound; listening copies and waveforms."""
