"""``role``: a role profile proposed from a posting."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import add_json, add_language, add_output

SAYS = "Read a posting and propose the role profile that its sentences call for."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "posting",
        metavar="POSTING",
        help="the text of a posting, in French, English or both; - is standard input",
    )
    parser.add_argument("--domain", help="the domain of the post (as the posting's own words tell)")
    add_json(parser)
    add_language(parser)
    add_output(parser, required=False, metavar="ROLE.yaml")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import postings

    return postings.role(
        given.posting, domain=given.domain, as_json=given.json, language=given.lang, output=given.output
    )
