"""What needs doing, in numbers."""
