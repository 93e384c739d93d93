// Saves an answer as it is given, says "Saved" only on the server's word, and keeps what is not yet acknowledged in
// an outbox that survives a reload. Without it the page works the same: Next saves.

const STORE = "assessor-outbox";
const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
const SETTLE_MS = 250;
const TYPING_MS = 2500;

const form = document.querySelector("form[data-autosave]");
const word = document.querySelector("[data-saved-word]");
if (form && word) start();
if (document.querySelector("[data-forget-answers]")) write({});

// A page that the back key brings from the browser's memory shows an old answer: ask the server instead.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
document.querySelector("[data-focus]")?.focus();

function start() {
  const key = form.dataset.autosave;
  let pending = null;
  let sending = false;
  let settle = 0;
  let tries = 0;

  showInReadersTime();
  restore();
  flushOthers();
  form.addEventListener("change", () => saveIn(SETTLE_MS));
  // A text is saved while it is written, and kept here if its page is left before.
  form.addEventListener("input", (event) => event.target.matches("textarea") && saveIn(TYPING_MS));
  form.addEventListener("submit", stopWaiting);
  window.addEventListener("pagehide", () => settle && remember(key, entryOf(nextSeq())));
  window.addEventListener("online", () => pending && send());

  function saveIn(milliseconds) {
    stopWaiting();
    settle = setTimeout(() => { settle = 0; queue(nextSeq()); }, milliseconds);
  }

  function stopWaiting() {
    clearTimeout(settle);
    settle = 0;
  }

  function entryOf(seq) {
    return { seq, epoch: form.elements.epoch.value, answer: answer() };
  }

  // The answer gets its sequence number when it is given, so a repeated sending is the same saving.
  function queue(seq) {
    pending = entryOf(seq);
    remember(key, pending);
    tries = 0;
    if (!sending) send();
  }

  async function send() {
    sending = true;
    const entry = pending;
    say(word.dataset.saving);
    let reply = null;
    try {
      reply = await post(form.action, entry.answer, entry.epoch, entry.seq);
    } catch {
      reply = null;
    }
    sending = false;
    if (reply?.status === 422) takeBack(entry.seq);
    // A refusal stands, whatever was given since: the next number would pass over the newer answer.
    if (pending !== entry && reply?.status !== 409) return send();
    await settleReply(reply, entry);
  }

  // An answer that is not complete leaves its number to the next one: a stale page must not count past a newer answer.
  function takeBack(seq) {
    form.elements.seq.value = seq;
    if (pending.seq === seq) return;
    pending.seq = nextSeq();
    remember(key, pending);
  }

  async function settleReply(reply, entry) {
    const body = reply && (await reply.json().catch(() => ({})));
    if (reply?.ok && body.seq === entry.seq) {
      pending = null;
      forget(key, entry.seq);
      form.elements.shown.value = body.shown;
      say(word.dataset.saved.replace("{time}", clock(body.saved_at)));
      clearFaults();
    } else if (reply?.status === 422) {
      pending = null;
      say(whyNotYet(body));
    } else if (reply?.status === 409) {
      pending = null;
      stopWaiting();
      forget(key, Infinity);
      showOvertaken(entry);
    } else if (reply && reply.status >= 400 && reply.status < 500 && !body?.csrf_token) {
      pending = null;
      say(word.dataset.stale, true);
    } else {
      if (body?.csrf_token) form.elements.csrf_token.value = body.csrf_token;
      say(word.dataset.waiting, true);
      setTimeout(() => pending === entry && !sending && send(), RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
    }
  }

  // A text says what is wrong with it; of the rest, the page says so when it is sent.
  function whyNotYet(body) {
    if (body?.doubted) return word.dataset.doubted;
    return form.querySelector("textarea") && body?.error ? `${word.dataset.refused} ${body.error}` : word.dataset.partial;
  }

  // Another tab or device has the newer answer: the server's page says so, with this one to read.
  function showOvertaken(entry) {
    say(word.dataset.stale, true);
    form.elements.seq.value = entry.seq;
    form.submit();
  }

  // What this device still held back is newer than what the server has, unless it went on elsewhere since.
  function restore() {
    const kept = outbox()[key];
    if (!kept) return;
    const known = Number(form.elements.seq.value) - 1;
    if (kept.seq <= known || (known > 0 && kept.epoch !== form.elements.epoch.value)) return forget(key, kept.seq);
    fill(kept.answer);
    form.elements.seq.value = kept.seq;
    queue(nextSeq());
  }

  async function flushOthers() {
    const [ref] = key.split("/");
    for (const [other, entry] of Object.entries(outbox())) {
      if (other === key || !other.startsWith(`${ref}/`)) continue;
      const action = form.action.replace(/\/\d+$/, `/${other.split("/")[1]}`);
      const reply = await post(action, entry.answer, form.elements.epoch.value, entry.seq).catch(() => null);
      if (reply && (reply.ok || reply.status === 409)) forget(other, entry.seq);
    }
  }

  function nextSeq() {
    const seq = Number(form.elements.seq.value);
    form.elements.seq.value = seq + 1;
    return seq;
  }

  function answer() {
    return [...new FormData(form)].filter(([name]) => name.startsWith("r-") || name === "turn");
  }

  function fill(values) {
    const given = new Set(values.map(([name, value]) => `${name}=${value}`));
    const last = new Map(values);
    for (const control of form.elements) {
      if (!control.name?.startsWith("r-")) continue;
      if (["radio", "checkbox"].includes(control.type)) control.checked = given.has(`${control.name}=${control.value}`);
      else control.value = last.get(control.name) ?? "";
    }
    form.dispatchEvent(new Event("filled"));
  }
}

function post(action, answer, epoch, seq) {
  const body = new URLSearchParams(answer);
  for (const name of ["csrf_token", "shown"]) body.set(name, form.elements[name].value);
  body.set("epoch", epoch);
  body.set("seq", seq);
  body.set("go", "save");
  return fetch(action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
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

function outbox() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "{}");
  } catch {
    return {};
  }
}

function write(entries) {
  try {
    if (Object.keys(entries).length) localStorage.setItem(STORE, JSON.stringify(entries));
    else localStorage.removeItem(STORE);
  } catch {
    // A browser that keeps nothing still saves: only a reload before the acknowledgement would lose the change.
  }
}

function remember(key, entry) {
  write({ ...outbox(), [key]: entry });
}

function forget(key, seq) {
  const entries = outbox();
  if (entries[key]?.seq <= seq) {
    delete entries[key];
    write(entries);
  }
}
