"""The forms of this package. They check what was typed; what is done with it stands in the activity modules."""
