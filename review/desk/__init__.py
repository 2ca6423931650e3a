"""The reviewer's desk: one workspace for an interview, to listen, correct and decide."""
