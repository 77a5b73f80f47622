/**
 * The page for the teacher: whether all that was answered here has arrived, what waits, handing the tablet around, and what
 * is ready before class. It shows counts and never an answer.
 */

import { screen } from "./doors.js?v={{version}}";
import { ask, button, emoji, h, handedAround, t } from "./page.js?v={{version}}";
import { readiness } from "./ready.js?v={{version}}";
import { handAround, isGuarded, unlock } from "./shared.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";

const REFRESH = 500;
const MOST_IDS = 500;

/** `place` is {code, consultation (or undefined), again(): draws the page anew, back(): leaves it, home(): leaves all}. */
export async function teacherScreen(place) {
  const { outbox, drafts, sent, bytes } = await counts();
  const aside = outbox.filter((record) => record.state === "aside");
  const begun = drafts.filter((draft) => draft.assent);
  const guarded = (act) => async (event) => (await unlock(place.code)) && act(event);
  const figures = h("dl", { class: "figures" });
  const drawFigures = (now) =>
    figures.replaceChildren(
      ...[
        ["waiting", now.outbox.filter((record) => record.state !== "aside").length],
        ["sent-today", now.sent],
        ["begun", now.drafts.filter((draft) => draft.assent).length],
        ["aside", now.outbox.filter((record) => record.state === "aside").length],
        ...(now.bytes ? [["attachments", Math.ceil(now.bytes / 1000)]] : []),
      ].map(([name, n]) =>
        h("div", { class: "figure" }, h("dt", {}, t(`teacher.${name}`)), h("dd", { "data-figure": name }, String(n))),
      ),
    );
  drawFigures({ outbox, drafts, sent, bytes });
  const sendNow = async ({ currentTarget }) => {
    currentTarget.disabled = true;
    currentTarget.textContent = t("teacher.sending");
    const watching = setInterval(async () => drawFigures(await counts()), REFRESH);
    await tablet.sendNow().finally(() => clearInterval(watching));
    place.again();
  };
  const arrivals = h(
    "p",
    { class: "arrivals", role: "status", "data-arrivals": "asking" },
    t("teacher.arrivals.asking"),
  );
  reconcile(place.consultation, outbox).then((found) => {
    arrivals.dataset.arrivals = found.how;
    arrivals.replaceChildren(emoji(SIGNS[found.how]), h("span", {}, t(`teacher.arrivals.${found.how}`, found)));
  });
  return screen(
    "teacher",
    t("teacher.title"),
    arrivals,
    figures,
    h(
      "div",
      { class: "choices-below" },
      button(t("teacher.send-now"), sendNow, "button--main button--wide", {
        "data-teacher": "send",
        disabled: !outbox.some((record) => record.state !== "aside"),
      }),
      button(
        t("teacher.export"),
        guarded(() => exportWaiting(outbox)),
        "button--wide",
        {
          "data-teacher": "export",
          disabled: !outbox.length,
        },
      ),
    ),
    outbox.length > 0 && h("p", { class: "aside" }, t("teacher.export.care")),
    aside.length > 0 && h("h2", {}, t("teacher.aside.title")),
    list(
      aside,
      (record) => [record.item.finished_at, record.message || t("teacher.reason", { reason: record.reason })],
      (record) => guarded(() => askToRemove(() => tablet.settle(record), place)),
    ),
    begun.length > 0 && h("h2", {}, t("teacher.begun.title")),
    list(
      begun,
      (draft) => [draft.started_at, t("teacher.begun.lead")],
      (draft) => guarded(() => askToRemove(() => tablet.forgetDraft(draft), place)),
    ),
    place.consultation && (await handAroundPart(place, guarded)),
    readiness(place.consultation),
    h(
      "div",
      { class: "choices-below" },
      button(t("teacher.back"), place.back, "button--wide", { "data-teacher": "back" }),
    ),
  );
}

async function counts() {
  const [outbox, drafts, sent] = await Promise.all([
    tablet.readAll("outbox"),
    tablet.readAll("drafts"),
    tablet.counted(`sent:${tablet.today()}`),
  ]);
  const attachments = (await Promise.all(outbox.map((record) => tablet.attachmentsOf(record.id)))).flat();
  return { outbox, drafts, sent, bytes: attachments.reduce((sum, one) => sum + one.size - one.offset, 0) };
}

const SIGNS = { all: "✅", some: "📶", unreachable: "📵", none: "🌱" };

/** How many of the submissions finished on this tablet the server has, attachments and all. */
async function reconcile(consultation, outbox) {
  const finished = (await tablet.readAll("tablet")).filter(
    (one) => one.name.startsWith("finished:") && (!consultation || one.name === `finished:${consultation.id}`),
  );
  const mine = outbox.filter((record) => !consultation || record.item.consultation === consultation.id);
  const ids = [...new Set([...finished.flatMap((one) => one.value), ...mine.map((record) => record.id)])];
  const n = ids.length;
  if (!n) return { how: "none", n };
  let arrived = 0;
  try {
    for (let at = 0; at < n; at += MOST_IDS) {
      const response = await tablet.post("/api/arrivals", { ids: ids.slice(at, at + MOST_IDS) });
      if (!response.ok) throw new Error(`server answers ${response.status}`);
      arrived += (await response.json()).arrived.filter((one) => one.complete).length;
    }
  } catch {
    return { how: "unreachable", n, waiting: mine.length };
  }
  return { how: arrived >= n ? "all" : "some", n, arrived };
}

async function handAroundPart({ code, again, home }, guarded) {
  const on = handedAround() === code;
  const change = guarded(() => {
    if (handAround(on ? null : code)) again();
  });
  const possible = await isGuarded(code);
  return h(
    "section",
    { class: "part", "data-hand-around": on ? "on" : "off" },
    h("h2", {}, t("teacher.hand-around.title")),
    h(
      "p",
      {},
      t(!possible ? "teacher.hand-around.no-pin" : on ? "teacher.hand-around.on" : "teacher.hand-around.lead"),
    ),
    (possible || on) &&
      button(
        t(on ? "teacher.hand-around.stop" : "teacher.hand-around.start"),
        change,
        on ? "button--wide" : "button--main button--wide",
        {
          "data-teacher": "hand-around",
        },
      ),
    !on && button(t("teacher.other-code"), home, "button--wide button--quiet", { "data-teacher": "home" }),
  );
}

const time = (iso) =>
  new Date(iso).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });

/** Things that a person may remove; `told` gives [when, why], `remove` what its button does. No answer of a child is shown. */
const list = (records, told, remove) =>
  records.length > 0 &&
  h(
    "ul",
    { class: "set-aside", role: "list" },
    records.map((record) => {
      const [when, why] = told(record);
      return h(
        "li",
        {},
        h("div", {}, h("strong", {}, time(when)), h("p", {}, why), h("code", {}, record.id.slice(0, 8))),
        button(t("teacher.remove"), remove(record), "button--small", { "data-remove": record.id }),
      );
    }),
  );

const askToRemove = (remove, { again }) =>
  ask("teacher.remove.title", (close) => [
    h("p", { class: "lead" }, t("teacher.remove.lead")),
    h(
      "div",
      { class: "choices-below" },
      button(t("teacher.remove.no"), close, "button--main button--wide"),
      button(t("teacher.remove.yes"), () => remove().then(close).then(again), "button--wide", {
        "data-remove-yes": "",
      }),
    ),
  ]);

/** The same body that the tablet would post, so that it can be brought in by another way; attachments beside it in base64. */
async function exportWaiting(outbox) {
  const { exported } = await import("./attachments.js?v={{version}}");
  const attachments = await exported(outbox);
  const body = {
    sent_at: new Date().toISOString(),
    submissions: outbox.map((record) => record.item),
    ...(attachments.length && { attachments }),
  };
  const address = URL.createObjectURL(new Blob([JSON.stringify(body, null, 1)], { type: "application/json" }));
  h("a", { href: address, download: `phieu-chua-gui-${tablet.today()}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
