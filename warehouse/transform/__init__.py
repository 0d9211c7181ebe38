"""What is derived from core while a warehouse file is built; `derivation.derive` does all of it."""
