/**
 * What this tablet keeps, and how it gets to the server. One module, because every request of a first load counts.
 *
 * Kept in one IndexedDB database, every write awaited to the disk: drafts (children still answering), the outbox
 * (finished, not yet confirmed by the server), attachments (drawings and voices of either), the consultations it has loaded
 * with their media, a few values of its own. A draft's own copy of its consultation stands under "draft:<id>".
 * Only the verdicts created, duplicate and gone, and all attachments stored, empty the outbox; no error ever does. Several
 * tabs may be at work: what one of them has ended, none brings back.
 */

const STORES = {
  drafts: "id",
  outbox: "id",
  consultations: "code",
  tablet: "name",
  attachments: "name",
  media: "file",
};
const VERSION = 2;

let opening;

function open() {
  opening ??= connect(VERSION).catch((error) => {
    // A newer form in another tab has added to it: what this one needs is there all the same.
    if (error?.name === "VersionError") return connect();
    throw error;
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

const connect = (version) =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("survey-app", version);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (request.result.objectStoreNames.contains(name)) continue;
        const store = request.result.createObjectStore(name, { keyPath });
        if (name === "attachments") store.createIndex("submission", "submission");
      }
    };
    request.onsuccess = () => {
      // A newer page in another tab may need to upgrade the database: do not stand in its way.
      request.result.onversionchange = () => {
        request.result.close();
        opening = undefined;
      };
      request.result.onclose = () => (opening = undefined);
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });

// Creating it takes a tablet a moment: begin while the rest of the page is still on its way.
open().catch(() => {});

/** Runs `work(stores…)` in one transaction; resolves with its request's result once the data is on the disk. */
async function transaction(names, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    // "relaxed" may confirm a write that a dying battery still loses.
    const tx = database.transaction(names, mode, { durability: "strict" });
    const request = work(...names.map((name) => tx.objectStore(name)));
    tx.oncomplete = () => resolve(request?.result);
    tx.onerror = tx.onabort = () => reject(tx.error);
  });
}

export const read = (store, key) => transaction([store], "readonly", (s) => s.get(key));
export const readAll = (store) => transaction([store], "readonly", (s) => s.getAll());
export const readKeys = (store) => transaction([store], "readonly", (s) => s.getAllKeys());
export const keep = (store, record) => transaction([store], "readwrite", (s) => s.put(record));
export const wipe = (store, key) => transaction([store], "readwrite", (s) => s.delete(key));

/** Changes what is still there. */
export const alter = (store, key, changes) =>
  transaction([store], "readwrite", (s) => {
    const found = s.get(key);
    found.onsuccess = () => found.result && s.put({ ...found.result, ...changes });
  });

/** Drafts that were sent or given up lately: by their ids the other tabs know. */
const MOST_OVER = 100;

const note = (tablet, id) => change(tablet, "over", (ids = []) => [...ids, id].slice(-MOST_OVER));

/** Runs `work(stores…)` unless this draft is over; resolves with whether it did. */
async function unlessOver(id, names, work) {
  const found = await transaction([...names, "tablet"], "readwrite", (...stores) => {
    const request = stores[names.length].get("over");
    request.onsuccess = () => request.result?.value.includes(id) || work(...stores);
    return request;
  });
  return !found?.value.includes(id);
}

/** False when it is over. */
export const keepDraft = (draft) => unlessOver(draft.id, ["drafts"], (drafts) => drafts.put(draft));

/** An attachment of a draft; false when that is over. */
export const keepMade = (record) =>
  unlessOver(record.submission, ["attachments"], (attachments) => attachments.put(record));

/** The attachments of one submission, drafts included. */
export const attachmentsOf = (submission) =>
  transaction(["attachments"], "readonly", (s) => s.index("submission").getAll(submission));

export const draftsConsultation = (id) => `draft:${id}`;

/**
 * The child has finished: her draft becomes an item of the outbox, in one step or not at all, together with the attachments
 * that the item names. What else was made for it goes. False, and nothing happens, when it was over already.
 */
export function finish(item) {
  const record = { id: item.id, item, state: "waiting", tries: 0 };
  const named = new Set(item.attachments?.map((one) => one.name));
  return unlessOver(item.id, ["drafts", "outbox", "attachments", "consultations"], (drafts, outbox, ...more) => {
    const [attachments, consultations, tablet] = more;
    drafts.delete(item.id);
    consultations.delete(draftsConsultation(item.id));
    eachOf(attachments, item.id, (cursor) =>
      named.has(cursor.value.name) ? cursor.update({ ...cursor.value, state: "waiting" }) : cursor.delete(),
    );
    change(tablet, `finished:${item.consultation}`, (ids = []) => [...ids, item.id]);
    note(tablet, item.id);
    outbox.put(record);
  });
}

/** A draft is given up: nothing of it stays. */
export function forgetDraft({ id, assent }) {
  const names = ["drafts", "attachments", "consultations", "tablet"];
  return transaction(names, "readwrite", (drafts, attachments, consultations, tablet) => {
    drafts.delete(id);
    consultations.delete(draftsConsultation(id));
    eachOf(attachments, id, (cursor) => cursor.delete());
    // In another tab somebody may be just about to say yes.
    if (assent) note(tablet, id);
  });
}

function eachOf(attachments, submission, work) {
  attachments.index("submission").openCursor(submission).onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    work(cursor);
    cursor.continue();
  };
}

function change(tablet, name, work) {
  const request = tablet.get(name);
  request.onsuccess = () => tablet.put({ name, value: work(request.result?.value) });
}

/** Adds `by` to a counter of this tablet and resolves with nothing; `name` like "begun:<consultation>". */
export const count = (name, by = 1) =>
  transaction(["tablet"], "readwrite", (tablet) => change(tablet, name, (n = 0) => n + by));

/**
 * The server has all of the item for good: nothing of it stays, only the counts of what was sent and its id. Without
 * counters (the child has taken it back, a teacher has removed it) not even that.
 */
export function settle({ id, item }, counters = []) {
  return transaction(["outbox", "attachments", "tablet"], "readwrite", (outbox, attachments, tablet) => {
    outbox.getKey(id).onsuccess = ({ target: { result: known } }) => {
      if (!known) return;
      outbox.delete(id);
      eachOf(attachments, id, (cursor) => cursor.delete());
      for (const name of counters) change(tablet, name, (n = 0) => n + 1);
      if (!counters.length)
        change(tablet, `finished:${item.consultation}`, (ids = []) => ids.filter((one) => one !== id));
    };
  });
}

export const counted = async (name) => (await read("tablet", name))?.value ?? 0;

/** This tablet's own number: tells the live count which tablet speaks, says nothing about a child. */
export async function device() {
  const known = await read("tablet", "device");
  if (known) return known.value;
  const value = uuid();
  await keep("tablet", { name: "device", value });
  return value;
}

/** A random UUID (version 4); plain http in a school's own network has no crypto.randomUUID. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** No 0/O, 1/I/L, U: a child copies it by hand. 30 letters, ten of them: 5.9e14 codes. */
const RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

export function receipt() {
  let code = "";
  while (code.length < 10) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    // 240 is the largest multiple of 30 in a byte: beyond it the first letters would come more often.
    if (byte < 240) code += RECEIPT_LETTERS[byte % 30];
  }
  return code;
}

const SETTLED = new Set(["created", "duplicate", "gone"]);
const SET_ASIDE = new Set(["conflict", "refused"]);
const BATCH_ITEMS = 20;
const BATCH_BYTES = 900_000; // the server takes 1 MB
const LONGEST_PAUSE = 300;
const ANSWER_WITHIN = 20_000;
const PROOF_HOLDS = 10 * 60_000;
const PRESENCE_EVERY = 5_000;

let failures = 0;
let pauseTimer;
let sending = false;
let again = false;
let listener = () => {};

/** Starts sending now and whenever there is hope: page shown, network back, pause over. `changed()` after each change. */
export function startSending(changed) {
  listener = changed;
  addEventListener("online", sendNow);
  addEventListener("pageshow", sendNow);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendNow());
  sendNow();
}

/** {waiting, aside}: counts of the outbox. */
export async function outboxState() {
  const records = await readAll("outbox");
  const aside = records.filter((record) => record.state === "aside").length;
  return { waiting: records.length - aside, aside };
}

export const today = () => {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};

/** Tries at once, whatever pause was running. Resolves when this try is over. */
export async function sendNow() {
  clearTimeout(pauseTimer);
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  try {
    do {
      again = false;
      await alone(sendAll);
    } while (again);
    failures = 0;
  } catch (error) {
    proven = 0;
    const pause = Math.min(LONGEST_PAUSE, Math.max(2 ** ++failures, error.retryAfter ?? 0));
    pauseTimer = setTimeout(sendNow, pause * 1000);
  } finally {
    sending = false;
    listener();
  }
}

/** Two tabs of one tablet take turns where the browser can say so; where it cannot, the server knows duplicates. */
const alone = (work) => (navigator.locks ? navigator.locks.request("outbox", work) : work());

async function sendAll() {
  if (!(await readAll("outbox")).some((record) => record.state !== "aside")) return;
  if (!isProven() && !(await online())) throw new Error("offline");
  let stuck = 0;
  for (const batch of batches(await inState("waiting"))) stuck += await sendBatch(batch);
  const withFiles = await inState("attachments");
  if (withFiles.length) {
    const { sendAttachments } = await import("./attachments.js?v={{version}}");
    stuck += await sendAttachments(withFiles, listener);
  }
  if (stuck) throw new Error(`${stuck} items stay waiting`);
}

/** What failed before goes last, so that it holds up nobody. */
const inState = async (state) =>
  (await readAll("outbox")).filter((record) => record.state === state).sort((a, b) => a.tries - b.tries);

let proven = 0;

/**
 * The server was reached a moment ago, over a way on which nobody else can take its place: it need not prove itself once
 * more before the next child's answers go to it.
 */
const isProven = () => isSecureContext && Math.abs(Date.now() - proven) < PROOF_HOLDS;

/** How far the server's clock is ahead of this tablet's, in milliseconds; known once `online` has been asked. */
export let clockAhead;

/** Captive portals answer 200 to everything: only the right body proves the way to the server is open. */
export async function online() {
  try {
    const response = await request("/api/ping", { cache: "no-store" });
    if ((await response.json()).survey_app !== "pong") return false;
    clockAhead = Date.parse(response.headers.get("date")) - Date.now();
    return true;
  } catch {
    return false;
  }
}

export function request(url, options = {}) {
  const controller = new AbortController();
  const limit = setTimeout(() => controller.abort(), ANSWER_WITHIN);
  return fetch(url, { ...options, signal: controller.signal }).finally(() => clearTimeout(limit));
}

export const post = (url, body) =>
  request(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

function* batches(records) {
  let batch = [];
  let bytes = 0;
  for (const record of records) {
    const size = new TextEncoder().encode(JSON.stringify(record.item)).length;
    if (batch.length && (batch.length >= BATCH_ITEMS || bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length) yield batch;
}

/** Sends one batch and carries out the verdicts; resolves with how many of it must be tried again. */
async function sendBatch(batch) {
  const response = await post("/api/submissions", {
    sent_at: new Date().toISOString(),
    submissions: batch.map((record) => record.item),
  });
  if (response.ok) {
    const { results } = await response.json();
    const stuck = await carryOut(batch, results);
    proven = Date.now();
    return stuck;
  }
  if (![400, 413, 422, 500].includes(response.status)) {
    const error = new Error(`server answers ${response.status}`);
    error.retryAfter = Number(response.headers.get("retry-after")) || 0;
    throw error;
  }
  if (batch.length > 1) {
    // One item spoils the batch: halve it until that one stands alone.
    const middle = Math.ceil(batch.length / 2);
    return (await sendBatch(batch.slice(0, middle))) + (await sendBatch(batch.slice(middle)));
  }
  const [record] = batch;
  if (response.status === 500) {
    await alter("outbox", record.id, { tries: record.tries + 1 });
    return 1;
  }
  const said = await response.json().catch(() => ({}));
  await setAside(record, said.error ?? String(response.status), said.message);
  return 0;
}

async function carryOut(batch, results) {
  let stuck = 0;
  for (const [index, record] of batch.entries()) {
    const result = results.find((one) => one.index === index && (one.id ?? record.id) === record.id);
    if (SETTLED.has(result?.verdict)) {
      if (result.verdict !== "gone" && record.item.attachments)
        await alter("outbox", record.id, { state: "attachments" });
      else await settle(record, result.verdict === "gone" ? [] : sentCounters(record));
    } else if (SET_ASIDE.has(result?.verdict)) {
      await setAside(record, result.reason ?? result.verdict, result.message);
    } else {
      await alter("outbox", record.id, { tries: record.tries + 1 });
      stuck += 1;
    }
  }
  listener();
  return stuck;
}

export const sentCounters = ({ item }) => [`sent:${today()}`, `sent:${item.consultation}`];

export const setAside = (record, reason, message = "") =>
  alter("outbox", record.id, { state: "aside", reason, message });

let presence;
let presenceTimer;
let presenceSent = Date.now(); // not in the first seconds: they belong to loading the questions

/** Best effort: the live count for the facilitator. `where` is {consultation, answering, question, of}. */
export function tellPresence(where) {
  presence = where;
  presenceTimer ??= setTimeout(sendPresence, Math.max(0, presenceSent + PRESENCE_EVERY - Date.now()));
}

async function sendPresence() {
  presenceTimer = undefined;
  presenceSent = Date.now();
  const { consultation } = presence;
  const [begun, sent, { waiting }, own] = await Promise.all([
    counted(`begun:${consultation}`),
    counted(`sent:${consultation}`),
    outboxState(),
    device(),
  ]);
  await post("/api/presence", { ...presence, device: own, begun, sent, waiting }).catch(() => {});
}

const PATIENCE = 4_000;

/** {consultation} or {error}: from the network when it answers in time, otherwise what this tablet has kept. */
export async function loadConsultation(code) {
  const kept = read("consultations", code).catch(() => undefined);
  const fresh = fetch(`/api/consultations/${code}`).then(async (response) => {
    const body = await response.json();
    if (response.ok && body.questionnaire) {
      // On a full tablet it is asked all the same; the teacher's screen says what is missing.
      keep("consultations", { code, consultation: body }).catch(() => {});
      return { consultation: body };
    }
    if ([404, 410].includes(response.status)) return { error: body.error };
    // A whole school may share one address: who has been in before is not made to wait for others' wrong codes.
    if (response.status === 429) return (await kept) ?? { error: body.error };
    throw new Error(`server answers ${response.status}`);
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE))
    .then(() => kept)
    .then((record) => record ?? fresh);
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return (await kept) ?? { error: "offline" };
  }
}

/** ISO 8601 with this tablet's own offset: the hour a child answered at is the hour of the school. */
export function localTime(moment) {
  const offset = -moment.getTimezoneOffset();
  const two = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1);
  return `${local}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}

let doneAnswering = () => {};

/** Says to all tabs of this tablet that a child is answering, so that none of them brings in a new version meanwhile. */
export function beingAnswered() {
  noLongerAnswered();
  navigator.locks?.request("answering", { mode: "shared" }, () => new Promise((release) => (doneAnswering = release)));
}

export function noLongerAnswered() {
  doneAnswering();
  doneAnswering = () => {};
}

/** A new version of the form takes over only when no tab has a child answering. `changed()` once it has. */
export async function bringInNewVersion(changed) {
  const { waiting } = (await navigator.serviceWorker?.getRegistration()) ?? {};
  if (!waiting) return;
  navigator.serviceWorker.addEventListener("controllerchange", changed, { once: true });
  const activate = (free) => free && waiting.postMessage("activate");
  if (navigator.locks) await navigator.locks.request("answering", { ifAvailable: true }, activate);
  else activate(true);
}
