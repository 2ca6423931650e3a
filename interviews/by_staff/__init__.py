"""What staff do with interviews: book for others, pass on, swap, note what became of them, see the calendar."""
