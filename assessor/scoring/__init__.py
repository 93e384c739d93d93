"""What the answers of one form say about a person, as numbers.

Items, banks, words and the 0-100 display live elsewhere.
"""
