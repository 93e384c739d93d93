"""The least that keeps an answer: Flask, one SQLAlchemy commit of one row, and the gunicorn of `serve`."""

import sys
from pathlib import Path

from flask import Flask, request
from gunicorn.app.base import BaseApplication
from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from assessor.cli.serving import _options
from assessor.store.db import WAL_SAFE, sqlite_module

Settings = dict[str, int]


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
    def __init__(self, folder: Path, port: int, workers: int, threads: int) -> None:
        self.folder, self.options = folder, _options("127.0.0.1", port, workers, threads)
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return create(self.folder)


if __name__ == "__main__":
    place, *numbers = sys.argv[1:]
    prepared = engine_of(Path(place))
    Base.metadata.create_all(prepared)
    prepared.dispose()
    Bare(Path(place), *(int(number) for number in numbers)).run()
