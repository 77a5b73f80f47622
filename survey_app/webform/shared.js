/** A tablet that goes from child to child: passing it on, the facilitator's PIN, and whether anybody is still there. */

import { askAloud, keypad, screen } from "./doors.js?v={{version}}";
import { sha256 } from "./digest.js?v={{version}}";
import { messages } from "./messages-teacher.js?v={{version}}";
import { ask, button, emoji, h, handedAround, learn, t } from "./page.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";

learn(messages);

const READ = { "data-aloud": "" };
const TRIES = 3;
const PAUSE = 30_000;

/** What stands between two children: nothing of the one, one large button for the other. */
export const passScreen = (go) =>
  screen(
    "pass",
    t("shared.pass.title"),
    h("p", { class: "cheer" }, emoji("🧒"), emoji("👉"), emoji("👧")),
    h("p", { class: "lead", ...READ }, t("shared.pass.lead")),
    h(
      "div",
      { class: "choices-below" },
      button(t("shared.pass.go"), go, "button--main button--wide button--huge", { "data-pass": "", ...READ }),
    ),
  );

/** Hands the tablet around for this consultation from now on; null: no longer. False when the tablet cannot remember it. */
export function handAround(code) {
  try {
    if (code) localStorage.setItem("hand-around", code);
    else localStorage.removeItem("hand-around");
    signOut();
    return true;
  } catch {
    return false;
  }
}

/** Whoever of the staff is signed in on this tablet would leave the staff screens open to the class. */
function signOut() {
  if (handedAround()) tablet.request("/auth/sign-out", { method: "POST", redirect: "manual" }).catch(() => {});
}

addEventListener("online", signOut);

/** Whether somebody is still there: no countdown; any touch is an answer. `stay()` when she says so. */
export function askStillThere(stay) {
  if (document.querySelector("[data-still-there]")) return;
  askAloud("shared.still.title", (close) => [
    h("p", { class: "cheer" }, emoji("🙋")),
    h("p", { class: "lead", ...READ }, t("shared.still.lead")),
    button(t("shared.still.yes"), close, "button--main button--wide", { "data-still-there": "", ...READ }),
  ]).addEventListener("close", stay);
}

let isOpen = false;

/** Until the teacher leaves her screen she is not asked again. */
export const lock = () => (isOpen = false);

/** Whether a PIN guards what a teacher does here. `code` is the consultation's, undefined where none is open. */
export const isGuarded = async (code) => (await locks(code)).length > 0;

/** True when this may be done: the facilitator's PIN was right, or there is none on this tablet. */
export async function unlock(code) {
  const guarding = await locks(code);
  isOpen ||= !guarding.length || (await askPin(guarding));
  return isOpen;
}

/** [{id, pin_digest}]: the consultation's own; where none is open, those of all that this tablet has. */
async function locks(code) {
  const all = (await tablet.readAll("consultations")).filter((one) => /^\d{6}$/.test(one.code));
  const own = all.filter((one) => one.code === code);
  return (own.length ? own : all).map((one) => one.consultation).filter((one) => one.pin_digest);
}

const askPin = (guarding) =>
  new Promise((resolve) => {
    let right = false;
    const dialog = ask("shared.pin.title", (close) => [
      h("p", { class: "lead" }, t("shared.pin.lead")),
      keypad({
        length: 4,
        label: t("shared.pin.title"),
        name: "pin",
        complete: (pin) => {
          if (isPaused()) return t("shared.pin.wait");
          right = guarding.some((one) => sha256(`${one.id}:${pin}`) === one.pin_digest);
          noteTry(right);
          if (!right) return t(isPaused() ? "shared.pin.wait" : "shared.pin.wrong");
          close();
          return undefined;
        },
      }),
      button(t("shared.pin.cancel"), close, "button--wide", { "data-pin-cancel": "" }),
    ]);
    dialog.addEventListener("close", () => resolve(right));
    dialog.querySelector("#pin").focus();
  });

// Kept through a reload, which would otherwise be the way around the pause.
let tries = { wrong: 0, until: 0 };

function known() {
  try {
    return { ...tries, ...JSON.parse(localStorage.getItem("pin-tries")) };
  } catch {
    return tries;
  }
}

const isPaused = () => Date.now() < known().until && Date.now() > known().until - PAUSE - 1;

function noteTry(right) {
  const wrong = right ? 0 : known().wrong + 1;
  tries = wrong < TRIES ? { wrong, until: 0 } : { wrong: 0, until: Date.now() + PAUSE };
  try {
    localStorage.setItem("pin-tries", JSON.stringify(tries));
  } catch {
    // Without storage the pause holds for this page.
  }
}
