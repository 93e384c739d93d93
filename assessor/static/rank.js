// Adds Up and Down buttons to a ranking. The lists of places stay, and stay what is sent.

const list = document.querySelector(".ranking");
if (list) start();

function start() {
  const rows = [...list.children];
  const places = new Map(rows.map((row) => [row, row.querySelector("select")]));
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  list.after(status);
  for (const row of rows) addButtons(row);
  if (rows.every((row) => places.get(row).value)) sort();
  list.closest("form").addEventListener("filled", sort);
  refresh();

  function addButtons(row) {
    if (places.get(row).disabled) return;
    const movers = document.createElement("div");
    movers.className = "movers";
    for (const [arrow, text, step] of [["↑", list.dataset.up, -1], ["↓", list.dataset.down, 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "mover";
      button.textContent = arrow;
      button.dataset.step = step;
      button.setAttribute("aria-label", `${text}: ${row.querySelector(".ranked-text p:last-child").textContent}`);
      button.addEventListener("click", () => move(row, step, button));
      movers.append(button);
    }
    row.querySelector(".ranked-place").append(movers);
  }

  // The first move takes the order on the page as the order meant, and gives every response its place.
  function move(row, step, button) {
    const neighbour = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!neighbour) return;
    if (step < 0) neighbour.before(row);
    else neighbour.after(row);
    [...list.children].forEach((moved, index) => { places.get(moved).value = String(index + 1); });
    refresh();
    button.focus();
    status.textContent = list.dataset.moved.replace("{place}", places.get(row).value);
    places.get(row).dispatchEvent(new Event("change", { bubbles: true }));
  }

  function sort() {
    const sorted = [...list.children].sort((a, b) => Number(places.get(a).value || 99) - Number(places.get(b).value || 99));
    list.append(...sorted);
    refresh();
  }

  function refresh() {
    for (const row of list.children) {
      for (const button of row.querySelectorAll(".mover")) {
        const isEnd = button.dataset.step < 0 ? !row.previousElementSibling : !row.nextElementSibling;
        button.setAttribute("aria-disabled", String(isEnd));
      }
    }
  }
}
