"""Sittings, by what becomes of them: chosen and drawn, begun, answered, submitted, kept, erased.

An *attempt* is the stored row and its address; a *sitting*, as data, is what scoring reads.
"""
