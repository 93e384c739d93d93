"""Many sittings at once: compared, analysed, calibrated, simulated."""
