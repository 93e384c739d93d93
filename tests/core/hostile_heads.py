"""A bank's head, the framework or a role spoilt in one place, and what its author must be told."""

from __future__ import annotations

from tests.core.hostile_items import Spoilt

ROLE = "roles/shop-keeper.yaml"

SPOILT_HEADS = {
    "bank: id not the folder's": Spoilt(
        "shop/bank.yaml", "id: shop\n", "id: shops\n", "id: shops", "is not its folder's name", "use shop"
    ),
    "bank: unknown kind": Spoilt(
        "shop/bank.yaml",
        "kind: domain",
        "kind: sector",
        "kind: sector",
        "kind is 'sector'",
        "use one of core, domain",
    ),
    "bank: foreign competency": Spoilt(
        "shop/bank.yaml",
        "id: shop.offer",
        "id: store.offer",
        "id: store.offer",
        "'store.offer'",
        "begin it with shop.",
    ),
    "bank: core with competencies": Spoilt(
        "shop/bank.yaml", "kind: domain", "kind: core", "competencies:", "those of the core", "take them out"
    ),
    "bank: version a number": Spoilt(
        "shop/bank.yaml",
        "version: '0.1'",
        "version: 0.1",
        "version: 0.1",
        "version is 0.1, which is no text",
        "quotes",
    ),
    "bank: no languages": Spoilt(
        "shop/bank.yaml",
        "languages:\n- fr\n- en\n",
        "languages: []\n",
        "languages:",
        "languages has 0 entries",
        "at least 1",
    ),
    "bank: three anchors": Spoilt(
        "shop/bank.yaml",
        "  - fr: Level 4 (fr)\n    en: Level 4\n",
        "",
        "anchors:",
        "anchors has 3 entries",
        "at least 4",
    ),
    "framework: cuts that fall": Spoilt(
        "framework.yaml", "- 25\n", "- 60\n", "cuts:", "these do not rise", "three rising numbers"
    ),
    "framework: area twice": Spoilt(
        "framework.yaml",
        "- id: audience\n",
        "- id: strategy\n",
        "areas:",
        "the id 'strategy' stands twice",
        "give each its own",
    ),
    "framework: competency twice": Spoilt(
        "framework.yaml",
        "id: strategy.risk",
        "id: strategy.organisation",
        "areas:",
        "'strategy.organisation' stands twice",
        "keep one",
    ),
    "framework: contrast of nothing": Spoilt(
        "framework.yaml",
        "over: platform",
        "over: nothing",
        "over: nothing",
        "'nothing' is no area",
        "use one of strategy",
    ),
    "framework: competency in another area": Spoilt(
        "framework.yaml",
        "id: strategy.risk",
        "id: audience.risk",
        "id: audience.risk",
        "stands in the area 'strategy'",
        "begin its id with strategy.",
    ),
    "framework: no domain area": Spoilt(
        "framework.yaml",
        "block: domain",
        "block: core",
        "areas:",
        "0 areas have the block 'domain'",
        "give it to one",
    ),
    "framework: base competency missing": Spoilt(
        "framework.yaml",
        "id: audience.publics",
        "id: audience.others",
        "areas:",
        "'audience.publics' is missing",
        "general roles need it",
    ),
    "framework: lure without words": Spoilt(
        "framework.yaml",
        "  geek:\n    fr: geek (fr)\n    en: geek\n",
        "",
        "lures:",
        "'geek' has no words",
        "add them",
    ),
    "framework: unknown lure": Spoilt(
        "framework.yaml", "  geek:\n", "  geeks:\n", "geeks:", "lures.geeks is 'geeks'", "did you mean geek?"
    ),
    "role: unknown domain": Spoilt(
        ROLE,
        "domain: shop",
        "domain: shopp",
        "domain: shopp",
        "the domain 'shopp' is unknown",
        "did you mean shop?",
    ),
    "role: unknown competency": Spoilt(
        ROLE,
        "competency: shop.offer",
        "competency: shop.offers",
        "shop.offers",
        "'shop.offers' is unknown",
        "did you mean shop.offer?",
    ),
    "role: gate weighted": Spoilt(
        ROLE,
        "competency: shop.offer",
        "competency: platform.search",
        "platform.search",
        "is of the gate",
        "take the weight out",
    ),
    "role: weight twice": Spoilt(
        ROLE,
        "competency: shop.offer",
        "competency: audience.voice",
        "weights:",
        "'audience.voice' stands twice",
        "keep one",
    ),
    "role: unknown minimum": Spoilt(
        ROLE,
        "of: audience",
        "of: audiences",
        "of: audiences",
        "the minimum is of 'audiences'",
        "did you mean audience?",
    ),
    "role: no tie": Spoilt(
        ROLE,
        "  tie:\n    fr: Shows the goods. (fr)\n    en: Shows the goods.\n",
        "",
        "competency: shop.offer",
        "the weight of shop.offer has no tie",
        "the duty of the post",
    ),
    "role: id not the file's": Spoilt(
        ROLE, "id: shop-keeper", "id: keeper", "id: keeper", "is not the file's name", "use shop-keeper"
    ),
    "role: a language missing": Spoilt(
        ROLE, "  fr: Shop keeper (fr)\n", "", "title:", "title: the text lacks fr", "write it in fr, en"
    ),
    "framework: two areas of one name": Spoilt(
        "framework.yaml",
        "en: name audience",
        "en: Name  strategy.",
        "en: Name  strategy.",
        "strategy and audience read alike in en",
        "take one out",
    ),
    "framework: a direction control": Spoilt(
        "framework.yaml", "General profile", "General \u202dprofile", "General", "U+202D", "take it out"
    ),
    "bank: a direction control": Spoilt(
        "shop/bank.yaml", "A book", "A book\u2069", "A book", "U+2069", "take it out"
    ),
    "role: an invisible sign": Spoilt(
        ROLE, "domain: shop", "domain: shop\u200b", "domain: shop", "U+200B", "take it out"
    ),
}
