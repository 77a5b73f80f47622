/** You said, we answered, we did: what came of a consultation, by its code, by a child's receipt, or commune by commune. */

import { drawEars, hush, wireEar } from "./aloud.js?v={{version}}";
import { messages } from "./messages-feedback.js?v={{version}}";
import { emoji, fill, focusOn, h, languageSwitch, learn, spoken, t } from "./page.js?v={{version}}";

learn(messages);

const byId = (id) => document.getElementById(id);
const place = byId("answers");
const field = byId("key");
const FACES = [
  [3, "😀", "feedback.good"],
  [2, "😐", "feedback.so-so"],
  [1, "🙁", "feedback.not-good"],
];
const READ = { "data-aloud": "" };

/** What is shown, to be drawn anew when the language changes; a receipt is kept in this page's memory only. */
let shown = { intro: true };
let receipt;
const chosen = new Map();

const codeInAddress = () => /^\/feedback\/(\d{6})\/?$/.exec(location.pathname)?.[1];
const communeInAddress = () => /^\/feedback\/commune\/(\d{2,5})\/?$/.exec(location.pathname)?.[1];

/** A text of staff in the reader's language; what only Vietnamese has is marked as such, for eye, ear and screen reader. */
function inWords(texts, tag, properties = {}) {
  const language = texts[spoken()] ? spoken() : "vi";
  const text = texts[language];
  return text && h(tag, { lang: language, ...READ, ...properties }, text);
}

const day = (iso) => iso.split("-").reverse().join("/");

function statusLine({ status, due_on: due }) {
  const when =
    due && (status === "planned" || status === "under_way") ? ` · ${t("feedback.by", { day: day(due) })}` : "";
  return h(
    "p",
    { class: `promise-state promise-state--${status}` },
    h("span", READ, t(`feedback.status.${status}`) + when),
  );
}

function face(answer, [rating, sign, key]) {
  return h(
    "button",
    {
      type: "button",
      class: "rating__face",
      "data-rating": rating,
      "aria-pressed": String(chosen.get(answer.id) === rating),
      onclick: ({ currentTarget }) => rate(answer, rating, currentTarget.closest(".rating")),
    },
    emoji(sign),
    h("span", {}, t(key)),
  );
}

const ratingOf = (answer) =>
  h(
    "div",
    { class: "rating", role: "group", "aria-label": t("feedback.ask") },
    h("p", READ, t("feedback.ask")),
    h("div", { class: "rating__faces" }, ...FACES.map((one) => face(answer, one))),
    h("p", { class: "rating__said", role: "status" }, chosen.has(answer.id) ? t("feedback.counted") : ""),
  );

const step = (sign, key, ...content) =>
  h("div", { class: "said-done" }, emoji(sign), h("div", {}, h("h4", READ, t(key)), ...content));

function answerOf(answer) {
  const done = inWords(answer.outcome, "p");
  return h(
    "div",
    { class: "answer", "data-answer": answer.id },
    step(
      "💬",
      "feedback.we-answered",
      h("p", { class: "body", lang: "vi", ...READ }, answer.body),
      inWords(answer.answer, "p"),
    ),
    inWords(answer.promise, "p") && step("🤝", "feedback.we-will", inWords(answer.promise, "p"), statusLine(answer)),
    !inWords(answer.promise, "p") && statusLine(answer),
    done && step("✅", "feedback.we-did", done),
    ratingOf(answer),
  );
}

const themeOf = (theme) =>
  h(
    "section",
    { class: "sheet theme" },
    inWords(theme.name, "h3"),
    inWords(theme.said, "p") && step("🗣️", "feedback.you-said", inWords(theme.said, "p")),
    ...theme.answers.map(answerOf),
  );

const placeOf = ({ school, commune, held_on: held }) =>
  h(
    "p",
    { class: "lead" },
    [school, commune.name].filter(Boolean).join(", "),
    h("span", { class: "soft" }, ` · ${day(held)}`),
  );

function consultationOf(feedback) {
  const answered = feedback.state === "published" && feedback.themes.length > 0;
  return h(
    "article",
    { class: "feedback", "data-code": feedback.code, "data-state": feedback.state },
    placeOf(feedback),
    ...(answered ? feedback.themes.map(themeOf) : [h("p", { class: "notice", ...READ }, t("feedback.not-yet"))]),
  );
}

function draw() {
  hush();
  document.title = `${t("feedback.title")} – ${t("app.name")}`;
  place.lang = spoken();
  const { consultations, problem, intro } = shown;
  const needsNote =
    spoken() !== "vi" && consultations?.some((one) => one.themes.some((theme) => !theme.name[spoken()]));
  place.replaceChildren(
    h("h1", { ...READ }, t("feedback.title")),
    ...(intro ? [h("p", { class: "lead", ...READ }, t("feedback.lead"))] : []),
    ...(problem ? [h("p", { class: "notice", role: "alert" }, t(problem))] : []),
    ...(needsNote ? [h("p", { class: "soft" }, t("feedback.in-vietnamese"))] : []),
    ...(consultations ?? []).map(consultationOf),
  );
  byId("ear").hidden = false;
  drawEars();
}

async function rate(answer, rating, group) {
  const said = group.querySelector("[role=status]");
  const before = chosen.get(answer.id);
  choose(answer, rating, group);
  try {
    const response = await post("/api/feedback/ratings", { commitment: answer.id, rating, device: device(), receipt });
    if (!response.ok) throw new Error(String(response.status));
    said.textContent = t("feedback.counted");
  } catch {
    choose(answer, before, group);
    said.textContent = t("feedback.not-counted");
  }
}

function choose(answer, rating, group) {
  if (rating) chosen.set(answer.id, rating);
  else chosen.delete(answer.id);
  for (const one of group.querySelectorAll("[data-rating]"))
    one.setAttribute("aria-pressed", String(Number(one.dataset.rating) === rating));
}

let ownDevice;

/** One voice for each tablet where there is no receipt; without storage, for as long as the page is open. */
function device() {
  try {
    ownDevice ??= localStorage.getItem("rater") ?? newId();
    localStorage.setItem("rater", ownDevice);
  } catch {
    ownDevice ??= newId();
  }
  return ownDevice;
}

/** crypto.randomUUID is missing over plain http. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const post = (url, body) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const PROBLEMS = { 404: "feedback.unknown", 429: "feedback.slow-down" };

/** Asks the server and shows what it says; resolves with the key of what went wrong, or undefined. */
async function show(asking, several = false) {
  try {
    const response = await asking;
    if (!response.ok) return PROBLEMS[response.status] ?? "feedback.failed";
    const body = await response.json();
    const consultations = several ? body.consultations : [body];
    shown = { consultations, problem: consultations.length ? undefined : "feedback.none-here" };
    draw();
    return undefined;
  } catch {
    return "feedback.failed";
  }
}

byId("feedback-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const key = field.value.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const isCode = /^\d{6}$/.test(key);
  if (!isCode && key.length !== 10) return complain("feedback.wrong");
  receipt = isCode ? undefined : key;
  chosen.clear();
  const problem = await show(isCode ? fetch(`/api/feedback/${key}`) : post("/api/feedback", { receipt: key }));
  if (problem) return complain(problem);
  field.value = "";
  return focusOn(place.querySelector("h1"));
});

field.addEventListener("input", () => (byId("key-error").textContent = ""));

function complain(key) {
  byId("key-error").textContent = t(key);
  field.focus();
}

async function listCommunes() {
  const { communes } = await (await fetch("/api/communes-with-feedback")).json();
  communes.sort((a, b) => a.name.localeCompare(b.name, "vi"));
  byId("communes-section").hidden = !communes.length;
  byId("communes").replaceChildren(
    ...communes.map(({ code, name }) =>
      h(
        "li",
        {},
        h("a", { class: "button button--wide survey", href: `/feedback/commune/${code}` }, h("strong", {}, name)),
      ),
    ),
  );
}

wireEar(byId("ear"), () => place);
languageSwitch(byId("languages"), () => (fill(), draw()));
const wanted = codeInAddress();
const commune = communeInAddress();
if (wanted || commune) {
  const asking = wanted ? fetch(`/api/feedback/${wanted}`) : fetch(`/api/communes/${commune}/feedback`);
  const problem = await show(asking, !wanted);
  if (problem) {
    shown = { intro: true, problem };
    draw();
  }
}
// Without a network the list stays empty; a code or a receipt works all the same once there is one.
if (!wanted) listCommunes().catch(() => {});
