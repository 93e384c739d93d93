"""Pages: Flask and WTForms live in this room and nowhere else. What is true is decided in services."""
