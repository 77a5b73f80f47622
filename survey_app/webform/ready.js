/** What is ready on this tablet before class, and what to do about what is not. */

import { fetchMedia, mediaState } from "./media.js?v={{version}}";
import { button, emoji, h, spoken, t } from "./page.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";

const LITTLE_SPACE = 50_000_000;
const FULL = 0.9;
const CLOCK_OFF = 3_600_000;
const COPY_WITHIN = 20_000;

/** The part of the teacher's screen that checks, and on request fetches what is missing. */
export function readiness(consultation) {
  const lines = h("ul", { class: "ready", role: "list" });
  const draw = async (media) => lines.replaceChildren(...(await check(consultation, media)).map(line));
  const prepare = async ({ currentTarget }) => {
    currentTarget.disabled = true;
    await navigator.storage?.persist?.();
    await Promise.race([
      navigator.serviceWorker?.ready.then(hasCopy),
      new Promise((resolve) => setTimeout(resolve, navigator.serviceWorker ? COPY_WITHIN : 0)),
    ]);
    if (consultation) await fetchMedia(consultation, draw);
    await draw();
    currentTarget.disabled = false;
  };
  draw();
  return h(
    "section",
    { class: "part" },
    h("h2", {}, t("ready.title")),
    lines,
    button(t("ready.prepare"), prepare, "button--wide", { "data-teacher": "prepare" }),
  );
}

const SIGNS = { ok: "✅", wait: "⏳", care: "⚠️" };

const line = ([name, state, text]) =>
  h("li", { "data-ready": name, "data-state": state }, emoji(SIGNS[state]), h("span", {}, text));

/** The copy of the page that opens without a network. */
const hasCopy = async () => !!(await globalThis.caches?.match("/join"));

async function check(consultation, known) {
  const isKept = consultation && (await tablet.read("consultations", consultation.code).catch(() => undefined));
  const found = [isKept ? ["questions", "ok", t("ready.questions")] : ["questions", "care", t("ready.no-questions")]];
  const media = known ?? (consultation && (await mediaState(consultation)));
  if (media?.of) found.push(["media", media.have < media.of ? "wait" : "ok", t("ready.media", media)]);
  found.push(await restart(), await persistence(), ...(await space()), ...(await clock()));
  return found;
}

async function restart() {
  if (!navigator.serviceWorker || !globalThis.caches) return ["restart", "care", t("ready.plain-http")];
  return (await hasCopy()) ? ["restart", "ok", t("ready.restart")] : ["restart", "wait", t("ready.no-copy-yet")];
}

async function persistence() {
  const kept = await navigator.storage?.persisted?.().catch(() => false);
  return kept ? ["persistent", "ok", t("ready.persistent")] : ["persistent", "care", t("ready.not-persistent")];
}

async function space() {
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  if (!quota) return [];
  const free = quota - usage;
  const megabytes = Math.floor(free / 1_000_000).toLocaleString(spoken());
  if (free < LITTLE_SPACE || usage / quota > FULL) return [["space", "care", t("ready.little-space", { megabytes })]];
  return [["space", "ok", t("ready.space", { megabytes })]];
}

async function clock() {
  if (!(await tablet.online()) || Number.isNaN(tablet.clockAhead)) return [];
  const hours = Math.round(Math.abs(tablet.clockAhead) / CLOCK_OFF);
  return Math.abs(tablet.clockAhead) > CLOCK_OFF
    ? [["clock", "care", t("ready.clock-off", { hours })]]
    : [["clock", "ok", t("ready.clock")]];
}
