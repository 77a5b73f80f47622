/** The small page for the teacher: what waits on this tablet, what was sent, what the server has set aside. */

import { screen } from "./doors.js?v={{version}}";
import { ask, button, h, t } from "./page.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";

/** `again` draws the page anew, `back` leaves it. */
export async function teacherScreen(again, back) {
  const [outbox, drafts, sent, online] = await Promise.all([
    tablet.readAll("outbox"),
    tablet.readAll("drafts"),
    tablet.counted(`sent:${tablet.today()}`),
    tablet.online(),
  ]);
  const waiting = outbox.filter((record) => record.state === "waiting");
  const aside = outbox.filter((record) => record.state === "aside");
  const begun = drafts.filter((draft) => draft.assent);
  const figure = (name, n) =>
    h("div", { class: "figure" }, h("dt", {}, t(`teacher.${name}`)), h("dd", { "data-figure": name }, String(n)));
  const sendNow = async ({ currentTarget }) => {
    currentTarget.disabled = true;
    await tablet.sendNow();
    again();
  };
  return screen(
    "teacher",
    t("teacher.title"),
    h(
      "dl",
      { class: "figures" },
      figure("waiting", waiting.length),
      figure("sent-today", sent),
      figure("begun", begun.length),
      figure("aside", aside.length),
    ),
    h("p", { class: "notice" }, t(online ? "teacher.online" : "teacher.offline")),
    h("p", {}, t(navigator.serviceWorker?.controller ? "teacher.works-offline" : "teacher.page-must-stay")),
    h(
      "div",
      { class: "choices-below" },
      button(t("teacher.send-now"), sendNow, "button--main button--wide", { disabled: !waiting.length }),
      button(t("teacher.export"), () => exportWaiting(outbox), "button--wide", { disabled: !outbox.length }),
    ),
    outbox.length > 0 && h("p", { class: "aside" }, t("teacher.export.care")),
    aside.length > 0 && h("h2", {}, t("teacher.aside.title")),
    aside.length > 0 &&
      h(
        "ul",
        { class: "set-aside", role: "list" },
        aside.map((record) => setAside(record, again)),
      ),
    begun.length > 0 && h("h2", {}, t("teacher.begun.title")),
    begun.length > 0 &&
      h(
        "ul",
        { class: "set-aside", role: "list" },
        begun.map((draft) => row("drafts", draft.id, time(draft.started_at), t("teacher.begun.lead"), again)),
      ),
    h("div", { class: "choices-below" }, button(t("teacher.back"), back, "button--wide")),
  );
}

const time = (iso) =>
  new Date(iso).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });

const setAside = (record, again) =>
  row(
    "outbox",
    record.id,
    time(record.item.finished_at),
    record.message || t("teacher.reason", { reason: record.reason }),
    again,
  );

/** Something that a person may remove, after being asked; no answer of a child is shown. */
const row = (store, id, when, why, again) =>
  h(
    "li",
    {},
    h("div", {}, h("strong", {}, when), h("p", {}, why), h("code", {}, id.slice(0, 8))),
    button(
      t("teacher.remove"),
      () =>
        ask("teacher.remove.title", (close) => [
          h("p", { class: "lead" }, t("teacher.remove.lead")),
          h(
            "div",
            { class: "choices-below" },
            button(t("teacher.remove.no"), close, "button--main button--wide"),
            button(t("teacher.remove.yes"), () => tablet.wipe(store, id).then(close).then(again), "button--wide", {
              "data-remove-yes": "",
            }),
          ),
        ]),
      "button--small",
      { "data-remove": id },
    ),
  );

/** The same body that the tablet would post, so that it can be brought in by another way. */
function exportWaiting(outbox) {
  const body = { sent_at: new Date().toISOString(), submissions: outbox.map((record) => record.item) };
  const address = URL.createObjectURL(new Blob([JSON.stringify(body, null, 1)], { type: "application/json" }));
  h("a", { href: address, download: `phieu-chua-gui-${tablet.today()}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
