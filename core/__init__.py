"""Ground floor: settings, database, clock, mail, files, jobs. Knows nothing of evidence."""
