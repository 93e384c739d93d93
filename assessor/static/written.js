// Keeps the count of words under a text up to date. Without it the server counts what was saved.

import { wordCount } from "./texts.js";

const SETTLE_MS = 600;
const count = document.querySelector(".live-count");
const area = document.querySelector("textarea[name^='r-']");
if (count && area) {
  let settle = 0;
  area.addEventListener("input", () => {
    clearTimeout(settle);
    settle = setTimeout(refresh, SETTLE_MS);
  });
  area.form.addEventListener("filled", refresh);
  refresh();
}

function refresh() {
  const words = wordCount(area.value);
  const text = words ? count.dataset.template.replace("{count}", words) : "";
  if (count.textContent.trim() !== text) count.textContent = text;
}
