"""The least that keeps an answer: Flask, one SQLAlchemy commit of one row, gunicorn as it is told to run."""

import json
import sys
from pathlib import Path

from flask import Flask, request
from gunicorn.app.base import BaseApplication
from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from assessor.store.embedded import WAL_SAFE, sqlite_module


class Base(DeclarativeBase):
    pass


class Answer(Base):
    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def engine_of(folder: Path):
    module = sqlite_module()
    engine = create_engine(f"sqlite:///{folder / 'bare.db'}", module=module)
    mode = "WAL" if module.sqlite_version_info >= WAL_SAFE else "TRUNCATE"

    @event.listens_for(engine, "connect")
    def set_up(connection, _record):
        for pragma in (f"journal_mode={mode}", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def create(folder: Path) -> Flask:
    app, engine = Flask("bare"), engine_of(folder)

    @app.post("/answer")
    def save():
        with Session(engine) as session:
            session.add(Answer(text=request.form["text"]))
            session.commit()
        return "", 204

    return app


class Bare(BaseApplication):
    def __init__(self, folder: Path, options: dict[str, object]) -> None:
        self.folder, self.options = folder, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)
        self.cfg.set("when_ready", announce)

    def load(self) -> Flask:
        return create(self.folder)


def announce(arbiter) -> None:
    host, port = arbiter.LISTENERS[0].sock.getsockname()
    print(f"http://{host}:{port}", flush=True)


if __name__ == "__main__":
    place, options = Path(sys.argv[1]), json.loads(sys.argv[2])
    prepared = engine_of(place)
    Base.metadata.create_all(prepared)
    prepared.dispose()
    Bare(place, options).run()
