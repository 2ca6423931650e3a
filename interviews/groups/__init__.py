"""Group sessions: places, the waiting list, and the write-up."""
