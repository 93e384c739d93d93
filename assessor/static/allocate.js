// Keeps the total of the points under their fields up to date. Without it the server adds them up.

import { numberInSteps } from "./texts.js";

const total = document.querySelector(".live-count");
const fields = [...document.querySelectorAll(".amounts input")];
if (total && fields.length) {
  const form = fields[0].form;
  for (const name of ["input", "filled"]) form.addEventListener(name, refresh);
  refresh();
}

// What the server would not take is not added up, and the page says so.
function pointsOf(field) {
  const { least, most, step } = field.dataset;
  return numberInSteps(field.value, Number(least), Number(most), Number(step));
}

function refresh() {
  const given = fields.filter((field) => field.value.trim() !== "");
  const counted = given.map(pointsOf).filter((points) => points !== null);
  const points = counted.reduce((sum, one) => sum + one, 0);
  const template = counted.length < given.length ? total.dataset.partly : total.dataset.template;
  const text = given.length ? template.replace("{count}", points) : "";
  if (total.textContent.trim() !== text) total.textContent = text;
}
