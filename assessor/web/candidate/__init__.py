"""Pages of somebody who is tested: the way in, questions, practice, results."""
