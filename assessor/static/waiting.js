// Looks by itself how far the document is, and begins its download once it is made. Without it a link looks again.

const EVERY_MS = [700, 1000, 1500, 2500, 5000];
const page = document.querySelector("[data-waits=waiting]");
if (page) {
  for (const each of page.querySelectorAll("[data-unaided]")) each.hidden = true;
  look(0);
}

function look(times) {
  setTimeout(async () => {
    try {
      const reply = await fetch(location.href, { headers: { Accept: "application/json" } });
      if (!reply.ok) return location.reload();
      show(await reply.json(), times);
    } catch {
      // Without network the page stays as it is, and looks again.
      look(times + 1);
    }
  }, EVERY_MS[Math.min(times, EVERY_MS.length - 1)]);
}

function show({ state, said, done, total, address }, times) {
  if (state === "failed") return location.reload();
  const words = page.querySelector("[data-said]");
  // A reader of the screen hears it when it changes, not each time.
  if (words.textContent !== said) words.textContent = said;
  const steps = page.querySelector("progress");
  steps.value = state === "ready" ? total : done;
  if (state !== "ready") return look(times + 1);
  steps.hidden = true;
  page.querySelector("[data-ready]").hidden = false;
  location.assign(address);
}
