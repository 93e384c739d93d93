"""Says in a bill of materials which version of Assessor it is of, and names the file by it: name_bom.py FILE.

The version is read by the build, not written in pyproject.toml, so the generator cannot know it.
"""

import json
import sys
from pathlib import Path

from assessor import __version__

path = Path(sys.argv[1])
written = json.loads(path.read_text(encoding="utf-8"))
written["metadata"]["component"]["version"] = __version__
named = path.with_name(f"assessor-{__version__}.cdx.json")
named.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", encoding="utf-8")
path.unlink()
print(f"{named}: {len(written['components'])} components")
