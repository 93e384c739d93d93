"""The settings of one server, read once from the environment, and where shipped files lie.

Nothing here opens the database or reads a bank.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from assessor.language.catalogues import shipped_languages
from assessor.language.papers import PAPERS
from assessor.language.zones import HOME, zone_of

PACKAGE: Final = Path(__file__).resolve().parent
#: The checkout's top level; in an installed package, the folder that holds packages.
ROOT: Final = PACKAGE.parent

#: Shipped folders that lie beside the package in a checkout and in `_data` once installed.
BESIDE_PACKAGE: Final = ("question_banks", "templates")
#: Shipped folders that are part of the package everywhere.
IN_PACKAGE: Final = ("fonts", "static")

SHORTEST_SECRET: Final = 32
LONGEST_PROXY_CHAIN: Final = 10

T = TypeVar("T")


class SettingError(ValueError):
    """A setting has a value that the server must not start with."""

    def __init__(self, name: str, found: str, wanted: str) -> None:
        """Name the setting, what stands there and what would be right."""
        super().__init__(f"{name}: {found} - {wanted}")
        self.name = name


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What one server was told; built by `load_settings`, or by hand in tests."""

    #: Folder of the embedded database and the generated secret.
    data: Path
    #: SQLAlchemy address of the database.
    database_url: str
    #: Address of the queue by which workers hear of new work; empty: a file in the data folder.
    queue_url: str = ""
    #: The server that takes mail; empty: no mail leaves.
    smtp_url: str = ""
    #: Who mail is from, an address or "NAME <ADDRESS>"; set wherever mail leaves.
    mail_from: str = ""
    #: Folders added to the shipped banks, in the order given.
    banks: tuple[Path, ...] = ()
    #: Signs sessions and forms; empty until `with_secret` has filled it.
    secret_key: str = ""
    #: Where people reach this server, without a slash at the end; links in documents and mail start with it.
    base_url: str = "http://127.0.0.1:8000"
    #: How many reverse proxies in front of this server set X-Forwarded-* themselves.
    trusted_proxies: int = 0
    #: Names besides that of the base URL under which this server is asked, as `host_of` gives them.
    hosts: tuple[str, ...] = ()
    #: Languages offered, the first being the one for readers whose browser names none of them.
    languages: tuple[str, ...] = ("fr", "en")
    #: Who runs this server, as the notice names them; empty: the notice says "the operator of this server".
    operator: str = ""
    #: Name and address of the person in charge of personal information, as the notice gives them.
    privacy_contact: str = ""
    #: The zone of the days and hours that pages, reports and names of files carry.
    zone: ZoneInfo = HOME
    #: The paper of every report; empty: that of the reader's country.
    paper: str = ""
    #: After so long without a sign of life, whoever is signed in to an account has to sign in again.
    idle_minutes: int = 120
    #: How long the head of a request may take to come in, and its body again.
    request_seconds: int = 20
    #: Free space, in megabytes, below which the server says that it is not ready.
    spare_megabytes: int = 100
    #: Folder of what can be made again at any time, and is kept to be quick; None: one in the data folder.
    kept: Path | None = None

    @property
    def cache(self) -> Path:
        """The folder of what can be made again at any time."""
        return self.kept or self.data / "cache"

    @property
    def queue(self) -> str:
        """The address of the queue by which workers hear of new work."""
        return self.queue_url or f"sqlite:///{self.data / 'queue.db'}"

    @property
    def is_https(self) -> bool:
        """Whether people reach this server over HTTPS, so that cookies can insist on it."""
        return self.base_url.startswith("https://")

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite:")


def is_checkout() -> bool:
    """Whether this runs from the project's own tree and not from an installed package."""
    return (ROOT / "pyproject.toml").is_file() and (ROOT / "question_banks").is_dir()


def resource(name: str) -> Path:
    """The shipped folder `name`, in a checkout and in an installed package alike."""
    if name in IN_PACKAGE:
        return PACKAGE / name
    if name not in BESIDE_PACKAGE:
        raise ValueError(f"no shipped folder is called {name!r}")
    return ROOT / name if is_checkout() else PACKAGE / "_data" / name


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environ` asks for; nothing is written to disk.

    Raises SettingError for the first value that the server must not start with.
    """

    def read(name: str, parse: Callable[[str, str], T], default: T) -> T:
        value = environ.get(name, "").strip()
        return parse(name, value) if value else default

    data = read("ASSESSOR_DATA", _folder, _default_data(environ))
    smtp_url = read("ASSESSOR_SMTP_URL", _smtp, "")
    mail_from = read("ASSESSOR_MAIL_FROM", _sender, "")
    if smtp_url and not mail_from:
        raise SettingError(
            "ASSESSOR_MAIL_FROM",
            "it is not set, and mail leaves by ASSESSOR_SMTP_URL",
            f"write who it is from, {_SENDER}",
        )
    return Settings(
        data=data,
        kept=read("ASSESSOR_CACHE", _folder, _default_cache(environ)),
        database_url=read("ASSESSOR_DATABASE_URL", _database, f"sqlite:///{data / 'assessor.db'}"),
        queue_url=read("ASSESSOR_QUEUE_URL", _queue, ""),
        smtp_url=smtp_url,
        mail_from=mail_from,
        banks=read("ASSESSOR_BANKS", _bank_folders, ()),
        secret_key=read("ASSESSOR_SECRET_KEY", _secret, ""),
        base_url=read("ASSESSOR_BASE_URL", _base_url, "http://127.0.0.1:8000"),
        trusted_proxies=read("ASSESSOR_TRUSTED_PROXIES", _proxies, 0),
        hosts=read("ASSESSOR_HOSTS", _hosts, ()),
        languages=read("ASSESSOR_LANGUAGES", _languages, shipped_languages() or ("en",)),
        operator=read("ASSESSOR_OPERATOR", _words, ""),
        privacy_contact=read("ASSESSOR_PRIVACY_CONTACT", _words, ""),
        zone=read("ASSESSOR_TIMEZONE", _zone, HOME),
        paper=read("ASSESSOR_PAPER", _paper, ""),
        idle_minutes=read("ASSESSOR_IDLE_MINUTES", _idle_minutes, 120),
        request_seconds=read("ASSESSOR_REQUEST_SECONDS", _request_seconds, 20),
        spare_megabytes=read("ASSESSOR_SPARE_MEGABYTES", _megabytes, 100),
    )


def with_secret(settings: Settings) -> Settings:
    """The same settings with a data folder that exists and a secret key.

    A key not given by the environment is made once and kept in the data folder, for its owner's eyes only.
    Raises SettingError when the folder cannot be written or the kept key was cut short.
    """
    try:
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if settings.secret_key:
            return settings
        return replace(settings, secret_key=_kept_secret(settings.data / "secret_key"))
    except OSError as error:
        raise SettingError(
            "ASSESSOR_DATA",
            f"{settings.data} cannot be used ({error.strerror})",
            "name a folder that this user can write to",
        ) from error


def known_secret(settings: Settings) -> str:
    """The secret key, given or kept; empty where there is none, or none that this user may read. Makes none.

    Raises SettingError when the kept key was cut short.
    """
    if settings.secret_key:
        return settings.secret_key
    try:
        return _read_secret(settings.data / "secret_key")
    except OSError:
        return ""


def _kept_secret(path: Path) -> str:
    # Written whole under another name, then linked: of two first starts, the slower takes the other's key.
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return _read_secret(path)


def _read_secret(path: Path) -> str:
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if len(key) < SHORTEST_SECRET:
        raise SettingError(
            "ASSESSOR_SECRET_KEY",
            f"the key kept in {path} is shorter than {SHORTEST_SECRET} characters",
            "delete that file to have a new one made (open sittings must then be opened again by their link)",
        )
    return key


def _default_data(environ: Mapping[str, str]) -> Path:
    if is_checkout():
        return ROOT / "var"
    # The XDG rule: a relative path there is to be ignored.
    named = Path(environ.get("XDG_DATA_HOME", ""))
    home = named if named.is_absolute() else Path.home() / ".local" / "share"
    return home / "assessor"


def _default_cache(environ: Mapping[str, str]) -> Path | None:
    if is_checkout():
        return ROOT / "var" / "cache"
    named = Path(environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / "assessor"
    try:
        return Path.home() / ".cache" / "assessor"
    except RuntimeError:  # a user whom the system does not know has no home
        return None


def _folder(name: str, value: str) -> Path:
    path = Path(value).expanduser()
    if path.exists() and not path.is_dir():
        raise SettingError(name, f"{value} is a file", "name a folder; it is made if it is not there")
    return path.absolute()


def _database(name: str, value: str) -> str:
    if value.startswith("sqlite:///file:") or (value.startswith("sqlite:///") and "?" in value):
        # Such a name has SQLite open another file than the one whose folder is made and which is watched.
        raise SettingError(name, "a file is named by an address with options", "write sqlite:///FILE")
    if value.startswith(("sqlite:///", "postgresql+psycopg://")):
        return value
    # The value may hold a password: only its scheme is repeated.
    scheme = value.partition(":")[0] if ":" in value else "no scheme"
    raise SettingError(
        name,
        f"{scheme} is not a database we know",
        "write sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE",
    )


#: The queues that carry news, and the module that each is reached by.
_QUEUES = {
    "sqlite": "",
    "postgresql+psycopg": "psycopg",
    "redis": "redis",
    "rediss": "redis",
}


def _queue(name: str, value: str) -> str:
    # The value may hold a password: only its scheme is repeated.
    scheme, is_address, _ = value.partition("://")
    if not is_address or scheme not in _QUEUES or (scheme == "sqlite" and "///" not in value):
        raise SettingError(
            name,
            f"{scheme if is_address else 'no scheme'} is not a queue we know",
            "write sqlite:///FILE, redis://HOST/NUMBER or postgresql+psycopg://USER@HOST/DATABASE",
        )
    module = _QUEUES[scheme]
    if module and find_spec(module) is None:
        extra = "redis" if module == "redis" else "postgres"
        raise SettingError(name, f"{module} is not installed", f"install assessor[{extra}]")
    return value


def _smtp(name: str, value: str) -> str:
    wanted = "write smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST, with :PORT where it is not usual"
    # The value may hold a password: nothing of it is repeated.
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in ("smtp", "smtps") and bool(host_of(value)) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or not value.isprintable() or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingError(name, "it is not the address of a mail server", wanted)
    if bool(parts.username) != bool(parts.password):
        raise SettingError(name, "it holds a user or a password without the other", wanted)
    return value


#: What ASSESSOR_MAIL_FROM may look like.
_SENDER = "such as tests@example.org or Example <tests@example.org>"


def _sender(name: str, value: str) -> str:
    _, address = parseaddr(value)
    _, at, domain = address.rpartition("@")
    if not (value.isprintable() and at and host_of(f"//{domain}") and address.isascii()) or " " in address:
        raise SettingError(name, f"{value!r} is not the address of a sender", f"write it {_SENDER}")
    return value


def _bank_folders(name: str, value: str) -> tuple[Path, ...]:
    folders = tuple(Path(part).expanduser().absolute() for part in value.split(os.pathsep) if part)
    for folder in folders:
        if not folder.is_dir():
            raise SettingError(
                name,
                f"{folder} is not a folder",
                f"name a bank, or a folder of banks; several are separated by {os.pathsep!r}",
            )
    return folders


def _secret(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET or len(set(value)) < SHORTEST_SECRET // 4:
        raise SettingError(
            name,
            "the key is too short or too regular to sign with",
            f"give at least {SHORTEST_SECRET} random characters, or none: one is then made and kept",
        )
    return value


def _base_url(name: str, value: str) -> str:
    wanted = "write the address people use, such as https://tests.example.org, without a path"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingError(name, f"{value} is not an address", wanted) from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not host or extra:
        raise SettingError(name, f"{value} is not such an address", wanted)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(address: str) -> str:
    """The host that an address names, in lower case and as browsers send it, without port and brackets.

    Empty where it names none.
    """
    try:
        return (urlsplit(address).hostname or "").encode("idna").decode("ascii")
    except ValueError:
        return ""


def _hosts(name: str, value: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    for part in found:
        host = host_of(f"//{part}")
        is_name = host and all(sign.isalnum() or sign in ".-:" for sign in host)
        if not is_name or urlsplit(f"//{part}").hostname != part.strip("[]").lower():
            raise SettingError(
                name,
                f"{part!r} is not the name of a host",
                "write names without scheme and port, separated by commas: tests.example.org,10.0.0.7",
            )
    return tuple(dict.fromkeys(host_of(f"//{part}") for part in found))


def _proxies(name: str, value: str) -> int:
    wanted = f"write how many reverse proxies stand in front of this server, 0 to {LONGEST_PROXY_CHAIN}"
    return _count(name, value, 0, LONGEST_PROXY_CHAIN, f"{value!r} is not a number of proxies", wanted)


def _request_seconds(name: str, value: str) -> int:
    return _count(name, value, 1, 300, f"{value!r} is not a time", "write whole seconds, 1 to 300")


def _idle_minutes(name: str, value: str) -> int:
    # Less than the time between two signs of life would sign everybody out while they work.
    return _count(name, value, 5, 960, f"{value!r} is not a time", "write whole minutes, 5 to 960")


def _megabytes(name: str, value: str) -> int:
    return _count(name, value, 0, 10**6, f"{value!r} is not a size", "write whole megabytes, such as 100")


def _count(name: str, value: str, least: int, most: int, found: str, wanted: str) -> int:
    is_number = value.isascii() and value.isdigit() and len(value) < 10
    if not is_number or not least <= int(value) <= most:
        raise SettingError(name, found, wanted)
    return int(value)


def _languages(name: str, value: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    shipped = shipped_languages()
    unknown = [language for language in chosen if language not in shipped]
    if unknown or not chosen:
        raise SettingError(
            name,
            f"there is no catalog for {', '.join(unknown) or 'an empty list'}",
            f"write some of {', '.join(shipped)}, separated by commas, the preferred one first",
        )
    return chosen


def _words(name: str, value: str) -> str:
    if not value.isprintable():
        raise SettingError(name, "it holds a control character", "write it on one line")
    return value


def _zone(name: str, value: str) -> ZoneInfo:
    try:
        return zone_of(value)
    except ValueError as error:
        raise SettingError(
            name,
            str(error),
            "write a name of the IANA list, such as America/Toronto or Europe/Paris",
        ) from error


def _paper(name: str, value: str) -> str:
    if value.lower() in PAPERS:
        return value.lower()
    raise SettingError(name, f"{value} is not a paper we know", f"write {' or '.join(PAPERS)}")
