"""Reading and writing iCalendar and iTIP. Pure: no rows, no network."""
