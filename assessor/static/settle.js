// On every page: sends what this browser still holds back, names what it could not send, and lets nobody submit,
// close or delete without knowing of it. Answers of sittings that are not open here any more are removed.

import { RETRY_MS, forget, forgetOthers, held, send } from "./outbox.js";

// An answer being given in another tab is that tab's to send; if it is gone, it is sent from here.
const DRAFT_MS = 5000;
const FINAL = ["submitted", "gone"];
const box = document.querySelector("[data-outbox]");
const question = document.querySelector("form[data-autosave], form[data-locked]");
const own = question?.dataset.autosave ?? question?.dataset.locked;
const epochs = new Map((box?.dataset.outbox ?? "").split(" ").filter(Boolean).map((pair) => pair.split(":")));
const kinds = new Map();
let tries = 0;
let hasSaved = false;
let isWarned = false;
let running = null;

forgetOthers(new Set(epochs.keys()));
if (box && epochs.size) {
  run();
  window.addEventListener("online", run);
  document.addEventListener("submit", ask, true);
  for (const button of box.querySelectorAll("[data-discard]")) button.addEventListener("click", discard);
}

function waiting() {
  return Object.entries(held()).filter(([key]) => key !== own);
}

function run() {
  running ??= round().finally(() => { running = null; });
  return running;
}

async function round() {
  for (const [key] of waiting()) if (!kinds.has(key)) kinds.set(key, "sending");
  show();
  for (const [key, entry] of waiting()) kinds.set(key, await settled(key, entry));
  show();
  if (hasSaved) await refresh();
  if ([...kinds.values()].includes("waiting")) setTimeout(run, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
}

async function settled(key, entry) {
  if (entry.draft && Date.now() - entry.draft < DRAFT_MS) return "waiting";
  const [ref, number] = key.split("/");
  const action = box.dataset.action.replace("REF", ref).replace(/\d+$/, number);
  const epoch = epochs.get(ref);
  const sent = { ...entry, epoch, isHeld: true, isAdopted: entry.epoch !== epoch };
  let { kind, body } = await send(action, sent, box.dataset.token, entry.go ?? "save");
  if (kind === "aged") {
    box.dataset.token = body.csrf_token;
    ({ kind, body } = await send(action, sent, box.dataset.token, entry.go ?? "save"));
  }
  hasSaved ||= kind === "saved";
  if (kind === "saved" || FINAL.includes(kind)) forget(key, entry.seq);
  return kind;
}

// The kinds that the page has no words for read as the nearest one that it has.
function spoken(kind) {
  return { aged: "waiting", long: "refused", turned: "newer", stale: "waiting" }[kind] ?? kind;
}

function show() {
  const named = [...kinds].filter(([, kind]) => kind !== "saved").map(([key, kind]) => [key, spoken(kind)]);
  for (const part of box.querySelectorAll("[data-when]")) {
    const keys = named.filter(([, kind]) => kind === part.dataset.when).map(([key]) => key);
    part.hidden = !keys.length;
    part.querySelector("[data-which]").replaceChildren(...keys.flatMap((key, index) => [index ? ", " : "", link(key)]));
  }
  box.hidden = !named.length;
  for (const [key] of named) mark(key);
}

function link(key) {
  const [ref, number] = key.split("/");
  const isHere = ref === box.dataset.ref || !box.dataset.ref && epochs.size === 1;
  const anchor = document.createElement("a");
  anchor.href = box.dataset.action.replace("REF", ref).replace(/\d+$/, number);
  anchor.textContent = (isHere ? box.dataset.question : box.dataset.other).replace("{number}", number);
  return anchor;
}

// An overview does not say "answered" of what is about to change.
function mark(key) {
  const [ref, number] = key.split("/");
  const state = document.querySelector(`.overview a[href$="/a/${ref}/${number}"] .overview-state`);
  if (state && ref === box.dataset.ref) state.textContent = box.dataset.state;
}

// What has been sent changes what the page says: it says it anew, in place.
async function refresh() {
  hasSaved = false;
  const reply = await fetch(location.href).catch(() => null);
  if (!reply?.ok) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const part of ["[data-settles]", ".where", ".progress"]) {
    const [old, anew] = [document.querySelector(part), fresh.querySelector(part)];
    if (old && anew && document.querySelector("[data-settles]")) old.replaceWith(anew);
  }
  show();
}

// Submitting, closing and deleting wait for what is being sent. What cannot be sent is said; a second press means it.
async function ask(event) {
  const form = event.target;
  if (!form.matches("[data-ends]") || isWarned || !unsent().length) return;
  event.preventDefault();
  if (running) await running;
  if (!unsent().length) return form.isConnected ? form.submit() : document.querySelector(`form[action="${form.getAttribute("action")}"]`).submit();
  isWarned = true;
  box.querySelector("[data-warning]").hidden = false;
  box.focus();
}

function unsent() {
  const isOpen = (key) => !kinds.has(key) || ["sending", "waiting"].includes(spoken(kinds.get(key)));
  return waiting().filter(([key]) => key.startsWith(`${box.dataset.ref}/`) && isOpen(key));
}

function discard(event) {
  const { when } = event.target.closest("[data-when]").dataset;
  for (const [key, kind] of kinds) {
    if (spoken(kind) !== when) continue;
    forget(key);
    kinds.delete(key);
  }
  show();
  refresh();
}
