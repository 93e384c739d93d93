"""What every page stands on: who asks, what protects, how a form and a refusal look. Knows no page."""
