// Opens the situation that a link leads to. Without it the link still leads there, and a press opens it.

addEventListener("hashchange", open);
// The same link pressed again changes no address.
document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[href^='#report-item-']");
  if (link && link.hash === location.hash) open();
});
open();

function open() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target || !target.matches("details")) return;
  target.open = true;
  target.querySelector("summary").focus({ preventScroll: true });
  target.scrollIntoView();
}
