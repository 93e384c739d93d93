// The answers that this browser holds back until the server has them, and the sending of one of them.

const STORE = "assessor-outbox";
const PATIENCE_MS = 20000;
export const RETRY_MS = [1000, 2000, 5000, 10000, 30000];

// Key ("sitting/number") -> entry: seq, epoch, after, shown, answer, and draft (when) while it is being given.
export function held() {
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

export function remember(key, entry) {
  write({ ...held(), [key]: entry });
}

export function forget(key, seq = Infinity) {
  const entries = held();
  if (entries[key]?.seq <= seq) {
    delete entries[key];
    write(entries);
  }
}

// Nothing stays of a sitting that is not open to this browser any more.
export function forgetOthers(refs) {
  const entries = held();
  const kept = Object.entries(entries).filter(([key]) => refs.has(key.split("/")[0]));
  if (kept.length < Object.keys(entries).length) write(Object.fromEntries(kept));
}

// What the server says to one answer: {kind, body}. Kinds: saved, refused, long, aged, newer, turned, elsewhere,
// submitted, gone, stale; waiting where it says nothing, or that it cannot just now.
export async function send(action, entry, token, go) {
  const body = new URLSearchParams(entry.answer);
  const stamp = { csrf_token: token, shown: entry.shown, epoch: entry.epoch, seq: entry.seq, go };
  for (const [name, value] of Object.entries(stamp)) body.set(name, value);
  if (entry.isHeld) body.set("held", "1");
  if (entry.isAdopted) body.set("after", entry.after);
  const reply = await fetch(action, {
    method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
    // A page that is left in the middle of it has sent it all the same; a browser carries 64 KiB so.
    keepalive: String(body).length < 60000,
    signal: AbortSignal.timeout?.(PATIENCE_MS),
  }).catch(() => null);
  const said = reply ? await reply.json().catch(() => null) : null;
  return { kind: kindOf(reply, said), body: said ?? {} };
}

function kindOf(reply, said) {
  if (!reply || reply.status >= 500 || reply.status === 429 || (reply.ok && !said)) return "waiting";
  if (reply.ok) return "saved";
  if (said?.csrf_token) return "aged";
  return { 403: "gone", 404: "gone", 409: said?.reason ?? "newer", 413: "long", 422: "refused" }[reply.status] ?? "stale";
}
