// Saves an answer as it is given, says "Saved" only on the server's word, and moves on only once it is saved: without
// network the page stays, waits, and goes on by itself. What is not acknowledged lies in the outbox, which survives
// a reload. Without this the page works the same: Next saves.

import { RETRY_MS, forget, held, remember, send } from "./outbox.js";

const SETTLE_MS = 250;
const TYPING_MS = 2500;
const NAMED = ["refused", "long", "gone", "stale"];

const form = document.querySelector("form[data-autosave]");
const word = document.querySelector("[data-saved-word]");
if (form && word) start();

// A page that the back key brings from the browser's memory may be old: if the server can be asked, ask it instead.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) fetch(location.href, { method: "HEAD" }).then(() => location.reload(), () => null);
});

function start() {
  const key = form.dataset.autosave;
  const { elements } = form;
  let pending = null;
  let known = Number(elements.seq.value) - 1;
  let isSending = false;
  let isNative = false;
  let hasChanged = false;
  let settle = 0;
  let tries = 0;

  // Another address than the page's own is for browsers that run no script.
  form.action = form.action.split("?")[0];
  showInReadersTime();
  restore();
  form.addEventListener("change", () => saveIn(SETTLE_MS));
  // A text is saved while it is written, and kept here if its page is left before.
  form.addEventListener("input", (event) => event.target.matches("textarea, [type=text]") && saveIn(TYPING_MS));
  form.addEventListener("submit", leave);
  window.addEventListener("pagehide", () => settle && remember(key, entryOf()));
  window.addEventListener("online", () => pending && !isSending && attempt());

  // Held at once, sent when it has settled; a change after Next stays on the page.
  function saveIn(milliseconds) {
    stopWaiting();
    remember(key, { ...entryOf(), draft: Date.now() });
    if (pending) pending.step = null;
    // The first change is sent at once, so that a server that is not there is known before Next is pressed.
    const isFirst = milliseconds === SETTLE_MS && !hasChanged && !pending;
    hasChanged ||= milliseconds === SETTLE_MS;
    settle = setTimeout(() => { settle = 0; queue(); }, isFirst ? 0 : milliseconds);
  }

  function stopWaiting() {
    clearTimeout(settle);
    settle = 0;
  }

  function entryOf(isConfirmed = false) {
    const { epoch, seq, shown } = elements;
    return { seq: Number(seq.value), epoch: epoch.value, after: known, shown: shown.value, answer: answer(isConfirmed) };
  }

  // The answer gets its sequence number when it is given, so a repeated sending is the same saving.
  function queue(step = null) {
    pending = { entry: leaving(step), step };
    elements.seq.value = pending.entry.seq + 1;
    remember(key, pending.entry);
    tries = 0;
    if (!isSending) attempt();
  }

  // Next, Previous, and every other way on: saved first, then gone. A form that the browser sends by itself could
  // arrive before what is still being sent, and would leave its reader before a dead server's error page.
  function leave(event) {
    if (isNative) return;
    event.preventDefault();
    stopWaiting();
    queue(event.submitter?.value || "next");
  }

  function leaving(step) {
    return step === "clear" ? { ...entryOf(), answer: [], go: "clear" } : entryOf(step !== null);
  }

  async function attempt() {
    const sent = pending;
    isSending = true;
    say(word.dataset.saving);
    const { kind, body } = await send(form.action, sent.entry, elements.csrf_token.value, sent.step ?? sent.entry.go ?? "save");
    isSending = false;
    if (kind === "refused" || kind === "long") takeBack(sent.entry.seq);
    if (kind === "saved") acknowledge(sent.entry, body);
    // A refusal stands, whatever was given since: the next number would pass over the newer answer.
    const isOvertaken = ["newer", "turned", "elsewhere", "submitted"].includes(kind);
    if (pending !== sent && !isOvertaken) return attempt();
    if (isOvertaken) return showOvertaken(sent.entry, kind);
    if (kind === "saved") return arrived(sent, body);
    if (kind === "refused" && sent.step) return goNatively(sent.step);
    if (NAMED.includes(kind)) {
      if (kind === "gone") forget(key);
      pending = null;
      return say(whyNot(kind, body), kind !== "refused");
    }
    if (body.csrf_token) elements.csrf_token.value = body.csrf_token;
    say(sent.step ? word.dataset.goingOn : word.dataset.waiting, true);
    setTimeout(() => pending === sent && !isSending && attempt(), RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
  }

  function acknowledge(entry, body) {
    forget(key, entry.seq);
    if (!body.seq) return;
    known = body.seq;
    elements.shown.value = body.shown;
  }

  // An answer that is not complete leaves its number to the next one: a stale page must not count past a newer answer.
  function takeBack(seq) {
    elements.seq.value = seq;
    if (pending.entry.seq === seq) return;
    pending.entry.seq = seq;
    elements.seq.value = seq + 1;
    remember(key, pending.entry);
  }

  function arrived({ step }, body) {
    pending = null;
    if (step && body.onward) return goTo(body.onward);
    say(word.dataset.saved.replace("{time}", clock(body.saved_at)));
    clearFaults();
  }

  // The server's own page says what is wrong, or asks to confirm.
  function goNatively(step) {
    const button = document.querySelector(`button[name="go"][value="${CSS.escape(step)}"]`);
    isNative = true;
    form.requestSubmit(button);
  }

  // A text says what is wrong with it; of the rest, the page says so when it is sent.
  function whyNot(kind, body) {
    if (kind !== "refused") return word.dataset[kind];
    if (body.doubted) return word.dataset.doubted;
    return form.querySelector("textarea") && body.error ? `${word.dataset.refused} ${body.error}` : word.dataset.partial;
  }

  // A newer answer, another device or the submission came first: the server's page says so, with this one to read.
  function showOvertaken(entry, kind) {
    stopWaiting();
    say(word.dataset.overtaken, true);
    // What was given here while the test went on elsewhere is sent if it is taken back; the rest has been passed.
    if (kind !== "elsewhere") forget(key);
    elements.seq.value = entry.isAdopted ? entry.after + 1 : entry.seq;
    isNative = true;
    form.submit();
  }

  // What this browser held back, and what it put back into the fields itself, is not saved yet.
  function restore() {
    const kept = held()[key];
    if (kept) {
      fill(kept.answer);
      const isAdopted = kept.epoch !== elements.epoch.value;
      pending = { entry: { ...kept, draft: undefined, epoch: elements.epoch.value, isAdopted }, step: null };
      elements.seq.value = Math.max(kept.seq, known) + 1;
      attempt();
    } else if ([...elements].some(differs)) {
      queue();
    }
  }

  function differs(control) {
    if (!control.name?.startsWith("r-") || document.querySelector("#errors, #doubt")) return false;
    if (control.options) return [...control.options].some((one) => one.selected !== one.defaultSelected && one.value);
    return ["radio", "checkbox"].includes(control.type)
      ? control.checked !== control.defaultChecked
      : control.value !== control.defaultValue;
  }

  function answer(isConfirmed) {
    const isKept = (name) => name.startsWith("r-") || name === "turn" || (isConfirmed && name === "confirmed");
    return [...new FormData(form)].filter(([name]) => isKept(name));
  }

  function fill(values) {
    const given = new Set(values.map(([name, value]) => `${name}=${value}`));
    const last = new Map(values);
    for (const control of elements) {
      if (!control.name?.startsWith("r-")) continue;
      if (["radio", "checkbox"].includes(control.type)) control.checked = given.has(`${control.name}=${control.value}`);
      else control.value = last.get(control.name) ?? "";
    }
    form.dispatchEvent(new Event("filled"));
  }
}

// The next turn of a situation has the address of this one.
function goTo(address) {
  const target = new URL(address, location.href);
  if (target.pathname !== location.pathname) return location.assign(target);
  history.replaceState(null, "", target);
  location.reload();
}

// The page came back with a fault; the answer has since been accepted.
function clearFaults() {
  for (const fault of document.querySelectorAll("#errors, .field-error, .onward")) fault.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

function say(text, isWaiting = false) {
  word.textContent = text;
  word.classList.toggle("is-waiting", isWaiting);
}

// The page's own time is the server's: a reader elsewhere should see theirs.
function showInReadersTime() {
  const at = word.dataset.at;
  if (at && word.textContent.trim()) say(word.dataset.saved.replace("{time}", clock(at)));
}

function clock(iso) {
  const locale = document.documentElement.lang;
  return new Date(iso).toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
}
