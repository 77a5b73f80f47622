/** Pictures and sounds of a questionnaire, fetched before they are needed and kept on the tablet. */

import * as tablet from "./tablet.js?v={{version}}";

export const address = (stored) => `/webform/media/${encodeURIComponent(stored)}`;

const namesOf = ({ media = {}, recordings = {} }) => [
  ...new Set([...Object.values(media), ...Object.values(recordings).flatMap((places) => Object.values(places))]),
];

const open = new Map();

/** The address of a stored file: this tablet's own copy when it has one. */
export async function mediaUrl(stored) {
  if (open.has(stored)) return open.get(stored);
  const record = await tablet.read("media", stored).catch(() => undefined);
  if (!record) return address(stored);
  const url = open.get(stored) ?? URL.createObjectURL(record.blob);
  open.set(stored, url);
  return url;
}

/** {have, of}: how much of what this consultation shows and says is on the tablet. */
export async function mediaState(consultation) {
  const wanted = namesOf(consultation);
  const kept = new Set(await tablet.readKeys("media"));
  return { have: wanted.filter((name) => kept.has(name)).length, of: wanted.length };
}

let fetching;

/** Fetches what is missing; `progress({have, of})` after each. Resolves with the last state; what fails is left for next time. */
export function fetchMedia(consultation, progress = () => {}) {
  fetching = (fetching ?? Promise.resolve()).then(() => fetchMissing(consultation, progress));
  return fetching;
}

async function fetchMissing(consultation, progress) {
  const kept = new Set(await tablet.readKeys("media"));
  const wanted = namesOf(consultation);
  for (const name of wanted.filter((one) => !kept.has(one))) {
    try {
      const response = await tablet.request(address(name));
      if (!response.ok) continue;
      await tablet.keep("media", { file: name, blob: await response.blob() });
      kept.add(name);
    } catch {
      continue;
    }
    progress({ have: wanted.filter((one) => kept.has(one)).length, of: wanted.length });
  }
  await forgetOthers(kept);
  return mediaState(consultation);
}

/** What no consultation on this tablet uses any more makes room. */
async function forgetOthers(kept) {
  const used = new Set((await tablet.readAll("consultations")).flatMap((one) => namesOf(one.consultation)));
  await Promise.all([...kept].filter((name) => !used.has(name)).map((name) => tablet.wipe("media", name)));
}
