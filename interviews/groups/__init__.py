"""Group sessions: one slot with several places, a waiting list for it, and the write-up for those who came."""
