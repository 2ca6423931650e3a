"""The calendar that staff see."""
