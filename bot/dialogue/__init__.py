"""The dialogue decides what a heard thing leads to. Pure: no clock, no database, no network; it names words, it holds none."""
