"""What our emails say, and how a slot is described."""
