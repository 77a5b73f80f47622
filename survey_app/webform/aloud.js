/**
 * Reads a screen aloud: all of [data-aloud] in its order, with the questionnaire's recordings first and otherwise a voice of
 * the tablet's own. A voice that lives on somebody's server is not used: it would be told what a child has answered.
 */

import { h, spoken, t } from "./page.js?v={{version}}";

const VOICES_WITHIN = 2_000;
const SLOWEST_LETTER = 250;

let recordingOf = () => undefined;
let reading;
let isTouched = false;
const ears = new Set();
/** Languages of which a child has been told that this tablet cannot read them. */
const silent = new Set();
const audible = () => globalThis.speechSynthesis?.getVoices() ?? [];

const voiceOf = (language) =>
  audible().find((voice) => voice.localService && voice.lang.toLowerCase().split(/[-_]/)[0] === language);

/** `find(place, language)` gives the address of a recording (or the promise of one), or at once undefined. */
export const useRecordings = (find) => (recordingOf = find);

const parts = (root) =>
  [...root.querySelectorAll("[data-aloud]")]
    .filter((element) => element.checkVisibility?.() ?? true)
    .map((element) => ({
      element,
      text: element.dataset.aloud || element.textContent.trim(),
      language: element.closest("[lang]").lang,
      place: element.dataset.recordings,
    }))
    .filter((part) => part.text);

const canRead = (part) => !!voiceOf(part.language) || (!!part.place && !!recordingOf(part.place, part.language));

/**
 * Makes `ear` the button that reads what `root()` gives and stops it again. `chosen(on, byItself)`: the child has started or
 * stopped it; `byItself` when what she stopped had begun without her.
 */
export function wireEar(ear, root, chosen = () => {}) {
  ears.add({ ear, root });
  ear.addEventListener("click", () => {
    const stopped = reading?.root === root() ? reading : undefined;
    if (stopped) hush();
    else if (root()) read(root());
    chosen(!stopped, !!stopped?.byItself);
  });
  drawEars();
}

export function drawEars() {
  for (const one of ears) {
    const root = one.root();
    if (!root || !one.ear.isConnected) continue;
    const on = reading?.root === root;
    one.ear.hidden = silent.has(spoken()) && !parts(root).some(canRead);
    one.ear.classList.toggle("is-on", on);
    one.ear.setAttribute("aria-pressed", String(on));
    one.ear.lastElementChild.textContent = t(on ? "aloud.stop" : "aloud.open");
  }
}

export function hush() {
  reading?.stop();
  reading?.marked?.classList.remove("is-read");
  reading = undefined;
  drawEars();
}

/** Reads without being asked to: only once the page has been touched (browsers demand it), and what it can. */
export function readByItself(root) {
  if (isTouched && parts(root).some(canRead)) read(root, true);
}

async function read(root, byItself = false) {
  hush();
  const mine = { root, byItself, stop: () => {} };
  reading = mine;
  drawEars();
  if (!audible().length) await voicesLoaded();
  const all = parts(root);
  let said = !all.length;
  for (const part of all) {
    if (reading === mine && (await say(part, mine))) said = true;
  }
  if (reading !== mine) return;
  hush();
  if (!said) admit(root);
}

/** Android loads its voices late, and only when somebody asks for them. */
const voicesLoaded = () =>
  new Promise((resolve) => {
    globalThis.speechSynthesis?.addEventListener?.("voiceschanged", resolve, { once: true });
    setTimeout(resolve, globalThis.speechSynthesis ? VOICES_WITHIN : 0);
  });

async function say(part, mine) {
  const recording = part.place && (await recordingOf(part.place, part.language));
  const voice = voiceOf(part.language);
  if (reading !== mine || !(recording || voice)) return false;
  mine.marked = part.element.closest(".tile") ?? part.element;
  mine.marked.classList.add("is-read");
  mine.marked.scrollIntoView({ block: "nearest" });
  const heard = (recording && (await play(recording, mine))) || (voice && (await utter(part.text, voice, mine)));
  mine.marked.classList.remove("is-read");
  return heard;
}

const play = (address, mine) =>
  new Promise((resolve) => {
    const audio = new Audio(address);
    mine.stop = () => (audio.pause(), resolve(true));
    audio.onended = () => resolve(true);
    audio.onerror = () => resolve(false);
    audio.play().catch(() => resolve(false));
  });

const utter = (text, voice, mine) =>
  new Promise((resolve) => {
    // Held on to: some browsers forget an utterance in mid-sentence, and then never say that it is over.
    const utterance = (mine.utterance = new SpeechSynthesisUtterance(text));
    Object.assign(utterance, { voice, lang: voice.lang, rate: 0.9 });
    const limit = setTimeout(() => resolve(true), 5_000 + text.length * SLOWEST_LETTER);
    const over = (heard) => (clearTimeout(limit), resolve(heard));
    utterance.onend = () => over(true);
    utterance.onerror = () => over(false);
    mine.stop = () => (speechSynthesis.cancel(), over(true));
    speechSynthesis.speak(utterance);
  });

/** Neither recording nor voice: says so once, kindly, and takes the button away. */
function admit(root) {
  silent.add(spoken());
  root.querySelector("h1, h2").after(h("p", { class: "notice", role: "alert" }, t("aloud.none")));
  drawEars();
}

for (const sign of ["pointerup", "keydown"]) {
  addEventListener(sign, () => (isTouched = true), { once: true, capture: true });
}
globalThis.speechSynthesis?.addEventListener?.("voiceschanged", drawEars);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && hush());
addEventListener("pagehide", hush);
