"""What a teacher makes from the lessons: `make teaching`. Nothing is kept twice; all of it is read from notebooks/."""
