"""What goes beyond the eight lessons. Each file stands alone on the engine, which takes it as an argument."""
