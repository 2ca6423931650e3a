"""Settings, database, clock, mail, files, jobs. Knows nothing about evidence."""
