"""Pages of somebody who is tested: the way in, questions, practice, results."""

from assessor.web.candidate import practice, questions, results, starting

BLUEPRINTS = (starting.blueprint, questions.blueprint, practice.blueprint, results.blueprint)
