"""The names of the language models that weights were fitted for. Light: loads none."""

SMALL_MODEL = "all-MiniLM-L6-v2"
LARGE_MODEL = "all-mpnet-base-v2"
