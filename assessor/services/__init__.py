"""Use cases: functions whose first argument is the session. They never commit and know no browser."""
