"""Search across all evidence: words by the database's own index, and meaning."""
