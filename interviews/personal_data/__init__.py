"""Where this package's tables have something of a participant's."""
