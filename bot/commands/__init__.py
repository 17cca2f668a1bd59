"""The commands of `danloi`, by who gives them. Each is a few lines; what it does lives elsewhere, and is imported when it is asked for."""
