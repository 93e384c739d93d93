"""Pages: Flask and WTForms live in this room and nowhere else. What is true is decided below it, in services."""
