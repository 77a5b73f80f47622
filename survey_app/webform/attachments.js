/**
 * Drawings, voices and photos: kept on the tablet with the draft, and after the answers have arrived sent piece by piece,
 * so that a link which breaks goes on where it stopped (the core of tus 1.0).
 */

import { sha256 } from "./digest.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";

const EXTENSIONS = {
  "audio/webm": "webm",
  "audio/ogg": "ogg",
  "audio/mp4": "m4a",
  "audio/mpeg": "mp3",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "image/png": "png",
  "image/webp": "webp",
  "image/jpeg": "jpg",
};
const LARGEST_PIECE = 256 * 1024;
const SMALLEST_PIECE = 8 * 1024;
const MOST_TRIES = 3;

/** Saves what was made for this question; resolves with its name. */
export async function keepAttachment(submission, question, blob, mediaType) {
  const type = (mediaType || blob.type).split(";")[0].trim().toLowerCase();
  const name = `${tablet.uuid()}.${EXTENSIONS[type] ?? "bin"}`;
  const digest = sha256(new Uint8Array(await blob.arrayBuffer()));
  const isKept = await tablet.keepMade({
    name,
    submission,
    question,
    blob,
    media_type: type,
    size: blob.size,
    sha256: digest,
    offset: 0,
    state: "draft",
  });
  if (!isKept) throw new Error("she has sent it or given it up meanwhile");
  return name;
}

export async function readAttachment(name) {
  const record = await tablet.read("attachments", name);
  if (!record) throw new Error(`no attachment ${name} on this tablet`);
  return record.blob;
}

/** {attachments} of a submission: those of what was `made` that its answers name; {} when they name none. */
export function described(made, answers) {
  const given = JSON.stringify(answers);
  const named = made
    .filter(({ name }) => given.includes(`"${name}"`))
    .map(({ name, question, media_type, size, sha256: digest }) => ({
      name,
      question,
      media_type,
      size,
      sha256: digest,
    }));
  return named.length ? { attachments: named } : {};
}

/** The attachments that have not arrived, as {name, submission, question, media_type, content (base64)}: for a file. */
export async function exported(records) {
  const all = (await Promise.all(records.map(({ id }) => tablet.attachmentsOf(id)))).flat();
  return Promise.all(
    all.map(async ({ name, submission, question, media_type, blob }) => {
      let binary = "";
      for (const byte of new Uint8Array(await blob.arrayBuffer())) binary += String.fromCharCode(byte);
      return { name, submission, question, media_type, content: btoa(binary) };
    }),
  );
}

/** Sends what these items of the outbox still owe; resolves with how many of them must be tried again. */
export async function sendAttachments(records, changed) {
  let stuck = 0;
  for (const record of records) {
    stuck += await sendOne(record);
    changed();
  }
  return stuck;
}

async function sendOne(record) {
  const owed = await tablet.attachmentsOf(record.id);
  let gone = 0;
  let isTakenBack = false;
  try {
    for (const one of owed) gone += await upload(one).then(() => 0, unlessGone);
    if (owed.length && gone === owed.length) isTakenBack = await areAnswersGone(record);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return carryOut(record, error);
  }
  await tablet.settle(record, isTakenBack ? [] : tablet.sentCounters(record));
  return 0;
}

/** None of what belongs to them is wanted any more: has the child taken all of it back? They go once more to be told. */
async function areAnswersGone({ item }) {
  const batch = { sent_at: new Date().toISOString(), submissions: [item] };
  const { results } = await (await answered(await tablet.post("/api/submissions", batch))).json();
  return results[0].verdict === "gone";
}

/** One that is not taken (a photo where photos are no longer allowed) costs the others nothing. */
function unlessGone(error) {
  if (error.status === 410) return 1;
  throw error;
}

/** The server was reached and said no to this attachment. */
class Refused extends Error {
  constructor(status, said = {}) {
    super(`server answers ${status}`);
    Object.assign(this, { status, said });
  }
}

async function carryOut(record, { status, said }) {
  const tries = record.tries + 1;
  if (status === 413 || (tries >= MOST_TRIES && status < 500)) {
    await tablet.setAside(record, said.error ?? `attachment_${status}`, said.message);
    return 0;
  }
  // A server that does not know it may have been set back to an older state: the answers go once more, too.
  await tablet.alter("outbox", record.id, { tries, state: status === 404 ? "waiting" : "attachments" });
  return 1;
}

// As large as the link carries in a few seconds: a piece must get through within one time limit.
const SLOW = 5_000;
let piece = 64 * 1024;

async function upload(one, tries = 0) {
  const url = `/api/attachments/${one.submission}/${one.name}`;
  let response = await answered(await tablet.request(url, { method: "HEAD", cache: "no-store" }));
  let offset = offsetOf(response);
  while (!isStored(response, offset, one)) {
    const before = offset;
    response = await sendPiece(url, one, offset);
    // Two senders may meet on one attachment; for ever they do not.
    if (response.status === 409 && tries < MOST_TRIES) return upload(one, tries + 1);
    offset = offsetOf(await answered(response));
    if (offset <= before && !isStored(response, offset, one)) throw new Refused(409);
    await tablet.alter("attachments", one.name, { offset });
  }
  return undefined;
}

async function sendPiece(url, one, offset) {
  const begun = performance.now();
  const wasSlow = () => performance.now() - begun > SLOW;
  try {
    const response = await tablet.request(url, {
      method: "PATCH",
      headers: { "content-type": "application/offset+octet-stream", "upload-offset": String(offset) },
      body: one.blob.slice(offset, offset + piece),
    });
    if (!wasSlow()) piece = Math.min(LARGEST_PIECE, piece * 2);
    return response;
  } catch (error) {
    if (wasSlow()) piece = Math.max(SMALLEST_PIECE, piece / 2);
    throw error;
  }
}

const offsetOf = (response) => Number(response.headers.get("upload-offset")) || 0;

const isStored = (response, offset, one) => response.headers.get("upload-stored") === "true" && offset >= one.size;

async function answered(response) {
  if (response.ok) return response;
  if ([404, 409, 410, 413, 422, 500].includes(response.status)) {
    throw new Refused(response.status, await response.json().catch(() => ({})));
  }
  const error = new Error(`server answers ${response.status}`);
  error.retryAfter = Number(response.headers.get("retry-after")) || 0;
  throw error;
}
