"""Match volunteers with suitable times, and book one."""
