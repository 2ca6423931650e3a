"""What comes back by email: replies, counter-proposals, delivery reports."""
