"""The example call and its people."""
