"""Reading the evidence: by question, by contribution, outside the questions."""
