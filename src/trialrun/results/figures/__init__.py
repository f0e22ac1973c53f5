"""Static figures from plain data: one specification each, an SVG, and the table behind it."""
