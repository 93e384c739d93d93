"""What sound banks become: a library, with languages, enemies, digests and what may still be drawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from assessor.banks.loader import (
    examine,
    load_library,
    role_digest,
)
from assessor.banks.shapes import file_schema
from assessor.items import ITEM_TYPES, Familial
from tests.core.banks_examples import FILES, ITEM, ROLE, dumped, written

TODAY = date(2026, 11, 22)


def without(text: str, *languages: str) -> str:
    """The same YAML without these languages."""

    def strip(value: object) -> object:
        if isinstance(value, dict):
            return {key: strip(inner) for key, inner in value.items() if key not in languages}
        if isinstance(value, list):
            return [strip(inner) for inner in value if inner not in languages]
        return value

    stripped = strip(yaml.safe_load(text))
    assert isinstance(stripped, dict)
    return dumped(stripped)


def test_sound_banks_make_a_library_without_findings(tmp_path: Path) -> None:
    loaded = examine([], written(tmp_path, FILES))
    assert loaded.findings == ()
    library = load_library([], tmp_path)
    assert sorted(library.items) == ["core-one", "core-two", "shop-one"]
    assert library.domain_ids == ("shop",)
    assert library.items["shop-one"].bank == "shop"
    assert [role.id for role in library.roles_of("shop")] == ["shop-keeper"]
    assert library.languages("shop") == ("fr", "en")


def test_a_further_bank_and_a_folder_of_banks_add_domains_and_roles(tmp_path: Path) -> None:
    shipped = written(tmp_path / "shipped", FILES)
    garden = {
        name.replace("shop", "garden"): text.replace("shop", "garden")
        for name, text in FILES.items()
        if "shop" in name
    }
    untied = {key: value for key, value in ROLE["weights"][0].items() if key != "tie"}
    role = {**ROLE, "id": "garden-keeper", "domain": "garden", "weights": [untied]}
    more = written(tmp_path / "more", {**garden, "roles/garden-keeper.yaml": dumped(role)})
    both = load_library([more], shipped)
    assert both.domain_ids == ("garden", "shop")
    assert both.role("garden-keeper").weights[0].tie is None
    alone = load_library([more / "garden"], shipped)
    general = alone.roles_of("garden")[0]
    assert general.id == "general-garden"
    assert general.title == {"fr": "Profil général (Core (fr))", "en": "General profile (Core)"}
    assert [weight.competency for weight in general.weights] == [
        "strategy.organisation",
        "strategy.risk",
        "audience.publics",
        "audience.voice",
        "domain.learning",
        "garden.offer",
    ]


def test_the_shipped_folder_named_again_is_not_read_twice(tmp_path: Path) -> None:
    shipped = written(tmp_path, FILES)
    assert load_library([shipped, shipped / "shop"], shipped).domain_ids == ("shop",)


def test_a_bank_in_some_languages_is_offered_in_those_alone(tmp_path: Path) -> None:
    french = {name: without(text, "en") if "shop" in name else text for name, text in FILES.items()}
    library = load_library([], written(tmp_path, french))
    assert library.languages("shop") == ("fr",)
    assert library.general_role("shop").title == {"fr": "Profil général (Core (fr))"}


def test_one_sided_enemies_are_a_warning_and_made_mutual(tmp_path: Path) -> None:
    lonely = {
        **FILES,
        "core/items/core-two.yaml": FILES["core/items/core-two.yaml"].replace("enemies: [core-one]", ""),
    }
    loaded = examine([], written(tmp_path, lonely))
    assert [(finding.severity, finding.line) for finding in loaded.findings] == [("warning", 37)]
    assert "add core-one to the enemies in core-two.yaml" in loaded.findings[0].wanted
    assert loaded.library is not None
    assert loaded.library.items["core-two"].book.enemies == ("core-one",)


@pytest.mark.parametrize(
    ("status", "today", "drawable"),
    [
        ("author-keyed", date(2027, 5, 22), True),
        ("author-keyed", date(2027, 5, 23), False),
        ("calibrated", TODAY, True),
        ("draft", TODAY, False),
        ("retired", TODAY, False),
    ],
)
def test_a_retired_or_expired_item_stays_in_the_library_but_leaves_the_draw(
    status: str, today: date, drawable: bool, tmp_path: Path
) -> None:
    files = {**FILES, "core/items/core-one.yaml": ITEM.replace("author-keyed", status)}
    item = load_library([], written(tmp_path, files)).items["core-one"]
    assert item.is_drawable(today) is drawable


def test_an_item_without_review_date_does_not_expire(tmp_path: Path) -> None:
    files = {**FILES, "core/items/core-one.yaml": ITEM.replace("review_by: 2027-05-22\n", "")}
    assert load_library([], written(tmp_path, files)).items["core-one"].is_drawable(date(2099, 1, 1))


def test_digests_follow_meaning_and_not_layout(tmp_path: Path) -> None:
    library = load_library([], written(tmp_path / "one", FILES))
    relaid = {name: yaml.safe_dump(yaml.safe_load(text)) for name, text in FILES.items()}
    again = load_library([], written(tmp_path / "two", relaid))
    assert again.framework_digest == library.framework_digest
    assert role_digest(again.role("shop-keeper")) == role_digest(library.role("shop-keeper"))
    assert {item.digest for item in again.items.values()} == {item.digest for item in library.items.values()}
    changed = {**FILES, "framework.yaml": FILES["framework.yaml"].replace("- 25\n", "- 26\n")}
    changed["roles/shop-keeper.yaml"] = FILES["roles/shop-keeper.yaml"].replace("weight: 2", "weight: 3")
    other = load_library([], written(tmp_path / "three", changed))
    assert other.framework_digest != library.framework_digest
    assert role_digest(other.role("shop-keeper")) != role_digest(library.role("shop-keeper"))


def test_words_that_older_yaml_reads_as_other_things_stay_words(tmp_path: Path) -> None:
    words = ITEM.replace("en: Boost the post", "en: No").replace("fr: Relancer la publication", "fr: 11:40")
    library = load_library([], written(tmp_path, {**FILES, "core/items/core-one.yaml": words}))
    assert library.items["core-one"].content.model_dump()["options"][2]["text"] == {"fr": "11:40", "en": "No"}


def test_the_schema_for_editors_knows_every_type_and_key() -> None:
    schema = file_schema()
    items, families = (schema["$defs"][name]["discriminator"]["mapping"] for name in ("Item", "Family"))
    assert set(items) == set(ITEM_TYPES)
    assert set(families) == {name for name, kind in ITEM_TYPES.items() if isinstance(kind, Familial)}
    for needed, mapping in (
        ({"id", "situation", "minutes", "pool", "as_of"}, items),
        ({"family", "type", "competency", "situations"}, families),
    ):
        for name in mapping.values():
            definition = schema["$defs"][name.rsplit("/", 1)[-1]]
            assert needed <= set(definition["required"])
            assert definition["additionalProperties"] is False


def test_unknown_roles_and_domains_are_key_errors(tmp_path: Path) -> None:
    library = load_library([], written(tmp_path, FILES))
    assert library.role("general-shop").id == "general-shop"
    for ident in ("general-core", "nobody"):
        with pytest.raises(KeyError):
            library.role(ident)
    for ident in ("core", "nowhere"):
        with pytest.raises(KeyError):
            library.domain(ident)
    assert [each.id for each in library.domain("shop").competencies][-1] == "shop.offer"
    assert library.role("shop-keeper").weight_of("shop.offer") == 1
    assert library.role("shop-keeper").weight_of("strategy.risk") == 0
