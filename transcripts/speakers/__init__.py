"""Who speaks: told apart by channel or file, guessed by voice, given a role by people. Recognises no words."""
