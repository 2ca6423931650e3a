"""Measurements anyone can run; none of them changes anything but what it says."""
