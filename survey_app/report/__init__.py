"""The report that the province signs: read through the door, written as Word, Excel and PDF."""
