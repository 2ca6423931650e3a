"""From a file that somebody uploaded to sound that can be trusted: probe it, decode it, or refuse it in words."""
