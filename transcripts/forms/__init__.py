"""Forms of this package, one module for each feature."""
