// Keeps the total of the points under their fields up to date. Without it the server adds them up.

const total = document.querySelector(".live-count");
const fields = [...document.querySelectorAll(".amounts input")];
if (total && fields.length) {
  const form = fields[0].form;
  for (const name of ["input", "filled"]) form.addEventListener(name, refresh);
  refresh();
}

function refresh() {
  const begun = fields.some((field) => field.value !== "");
  const points = fields.reduce((sum, field) => sum + (Number(field.value) || 0), 0);
  const text = begun ? total.dataset.template.replace("{count}", points) : "";
  if (total.textContent.trim() !== text) total.textContent = text;
}
