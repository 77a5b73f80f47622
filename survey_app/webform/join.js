/**
 * A child's way through a consultation on this tablet: code, language, card, assent, questions, review, thanks.
 * The draft says where she is; every step is saved before it is shown, so that a reload comes back to it.
 */

import { button, focusOn, rememberedLanguage, speak, spoken, t } from "./page.js?v={{version}}";
import { notANumber, questionScreen, stones } from "./questions.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";
import { defaults, lay, lookOfScreen, problem, words } from "./walk.js?v={{version}}";
import {
  assentScreen,
  askToStop,
  cardScreen,
  codeProblem,
  codeScreen,
  endScreen,
  gateScreen,
  languageScreen,
  openHelp,
  reviewScreen,
  signOf,
  thanksScreen,
} from "./doors.js?v={{version}}";

const stage = document.getElementById("stage");
const SAME_CHILD_WITHIN = 15 * 60_000;

let code;
let cardInLink;
let consultation;
let draft;
let deviceId;

function show(section, { stoppable = false, teacher = false } = {}) {
  document.getElementById("stop").hidden = !stoppable;
  document.getElementById("for-teacher").hidden = !teacher;
  for (const [id, key] of Object.entries({
    help: "help.open",
    stop: "stop.open",
    "for-teacher": "teacher.open",
    demonstration: "demonstration",
  })) {
    const label = document.getElementById(id).lastElementChild;
    label.textContent = t(key);
  }
  showStatus();
  stage.replaceChildren(section);
  const heading = section.querySelector("h1, h2");
  document.title = `${heading.textContent} · ${t("app.name")}`;
  focusOn(heading);
}

const doors = { teacher: true };

async function showStatus(problemKey) {
  const { waiting } = await tablet.outboxState().catch(() => ({ waiting: 0 }));
  const place = document.getElementById("status");
  place.classList.toggle("is-waiting", waiting > 0 || !!problemKey);
  place.textContent = problemKey ? t(problemKey) : waiting ? t("status.waiting", { n: waiting }) : t("status.saved");
  const sending = document.getElementById("sending");
  if (sending) sending.textContent = t(waiting ? "thanks.waiting" : "thanks.sent");
}

function askCode(note) {
  code = consultation = undefined;
  const complete = async (digits) => {
    const found = await tablet.loadConsultation(digits);
    if (found.error) return codeProblem(found.error);
    await enter(digits, found);
    return undefined;
  };
  show(codeScreen(complete, note), doors);
}

/** Comes in by this code: back to the child who was answering here, or a new one. */
async function enter(wanted, found) {
  const drafts = (await tablet.readAll("drafts"))
    .filter((one) => one.code === wanted)
    .sort((a, b) => b.saved - a.saved);
  if (found.error === "closed" && drafts.length) found = (await tablet.read("consultations", wanted)) ?? found;
  if (found.error) return askCode(codeProblem(found.error));
  code = wanted;
  consultation = found.consultation;
  history.replaceState(null, "", `/join/${code}`);
  const { questionnaire } = consultation;
  document.documentElement.dataset.band = (questionnaire.max_age ?? 99) <= 10 ? "young" : "older";
  document.getElementById("demonstration").hidden = !consultation.demonstration;

  const mine = drafts.find((one) => one.id === sessionStorage.getItem("draft"));
  if (mine && reloaded() && !cardInLink && Date.now() - mine.saved < SAME_CHILD_WITHIN) return resume(mine);
  // Who had not said yes yet has left nothing worth coming back to.
  await Promise.all(drafts.filter((one) => !one.assent).map((one) => tablet.wipe("drafts", one.id)));
  const begun = drafts.filter((one) => one.assent);
  return begun.length ? gate(begun) : begin();
}

const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

/** A shared tablet: a half-done draft is offered, and a fresh start. */
function gate(drafts) {
  speak(drafts[0].language);
  show(gateScreen(drafts, resume, begin), doors);
}

function begin() {
  tablet.noLongerAnswered();
  tablet.bringInNewVersion(() => !draft?.language && location.reload());
  draft = { id: tablet.uuid(), code, step: "language", answers: {}, seen: [] };
  const { languages, default_language: first } = consultation.questionnaire;
  if (languages.length > 1) render();
  else move({ language: first, step: afterLanguage() });
}

const afterLanguage = () => (consultation.kind === "community_survey" ? "assent" : "card");

function resume(one) {
  draft = one;
  speak(draft.language);
  if (draft.assent) tablet.beingAnswered();
  render();
}

async function move(changes) {
  Object.assign(draft, changes);
  await save();
  render();
}

async function save() {
  draft.saved = Date.now();
  sessionStorage.setItem("draft", draft.id);
  try {
    await tablet.keep("drafts", draft);
  } catch {
    showStatus("status.not-saved");
  }
}

function render() {
  STEPS[draft.step]();
  const { screens } = way();
  const at = screens.findIndex((one) => one.name === draft.at);
  tablet.tellPresence({
    consultation: consultation.id,
    answering: !!draft.assent,
    question: draft.step === "question" ? at + 1 : null,
    of: draft.assent ? screens.length : null,
  });
}

const STEPS = {
  language: () =>
    show(
      languageScreen(consultation.questionnaire.languages, (language) => {
        speak(language);
        move({ language, step: afterLanguage() });
      }),
      doors,
    ),
  card: () => {
    const suggested = cardInLink;
    cardInLink = undefined;
    cardScreen(suggested, show, (card) => move({ card, step: "assent" }));
  },
  assent: () =>
    show(
      assentScreen(
        consultation,
        words(consultation.questionnaire.title, spoken(), consultation.questionnaire, {}),
        assented,
      ),
    ),
  question: renderQuestion,
  review: renderReview,
};

async function assented(yes) {
  if (!yes) {
    await forget();
    return end("refused");
  }
  // Asks the browser not to clear this tablet's memory when space is short.
  navigator.storage?.persist?.();
  tablet.count(`begun:${consultation.id}`);
  tablet.beingAnswered();
  const answers = defaults(consultation.questionnaire.nodes);
  const started_at = tablet.localTime(new Date());
  const assent = { version: consultation.assent_version, given: true };
  draft = { ...draft, answers, started_at, assent };
  return move({ step: "question", at: way().screens[0]?.name });
}

const way = () =>
  lay(consultation.questionnaire, draft.answers, {
    start: draft.started_at,
    today: draft.started_at?.slice(0, 10),
    deviceid: deviceId,
    ...(draft.finished_at && { end: draft.finished_at }),
  });

/** What questions.js needs to know of this child; answers are read anew each time. */
const child = {
  get questionnaire() {
    return consultation.questionnaire;
  },
  get language() {
    return draft.language;
  },
  get answers() {
    return way().answers;
  },
  set(name, value) {
    const before = lookOfScreen(child, way().screens, draft.at);
    if (value === undefined) delete draft.answers[name];
    else draft.answers[name] = value;
    save();
    const error = document.getElementById(`error-${name}`);
    if (error) error.textContent = "";
    if (lookOfScreen(child, way().screens, draft.at) !== before) redraw();
  },
};

function redraw() {
  const focused = document.activeElement?.id;
  const position = scrollY;
  renderQuestion();
  document.getElementById(focused)?.focus({ preventScroll: true });
  scrollTo(0, position);
}

function renderQuestion() {
  const { screens } = way();
  const found = screens.findIndex((one) => one.name === draft.at);
  const here = Math.max(0, found);
  const now = screens[here];
  if (!now) return move({ step: "review" });
  draft.at = now.name;
  if (!draft.seen.includes(now.name)) draft.seen.push(now.name);
  const ways = {
    back: (here > 0 || draft.editing) && (() => goBack(screens, here)),
    skip: (nodes) => skip(now, nodes),
    next: () => goOn(now),
  };
  const path = stones(here, screens.length, signOf(draft.card));
  return show(questionScreen(now, child, path, ways), { stoppable: true });
}

const goBack = (screens, here) =>
  draft.editing ? move({ step: "review", editing: false }) : move({ at: screens[here - 1].name });

function skip(now, nodes) {
  for (const node of nodes) delete draft.answers[node.name];
  goFrom(now.name);
}

function goOn(now) {
  const { answers } = way();
  const wrong = now.nodes
    .map((node) => [node, notANumber(node, answers[node.name]) ? { key: "question.number" } : problem(node, answers)])
    .filter(([, why]) => why);
  for (const [node, why] of wrong) {
    document.getElementById(`error-${node.name}`).textContent = why.key
      ? t(why.key)
      : words(why.text, draft.language, consultation.questionnaire, answers);
  }
  if (!wrong.length) return goFrom(now.name);
  const place = document.querySelector(`[data-question="${CSS.escape(wrong[0][0].name)}"]`);
  place.querySelector("input, textarea")?.focus();
  return place.scrollIntoView({ block: "center" });
}

function goFrom(name) {
  const { screens } = way();
  // After a change in the review only what it has newly opened is asked.
  if (draft.editing) {
    const unseen = screens.find((one) => !draft.seen.includes(one.name));
    return unseen ? move({ at: unseen.name }) : move({ step: "review", editing: false });
  }
  const next = screens[screens.findIndex((one) => one.name === name) + 1];
  return next ? move({ at: next.name }) : move({ step: "review" });
}

function renderReview() {
  const edit = (at) => move({ step: "question", at, editing: true });
  show(reviewScreen(child, way().screens, edit, send), { stoppable: true });
}

async function send({ currentTarget }) {
  const { screens, answers } = way();
  const missing = screens.find((one) => one.nodes.some((node) => problem(node, answers)));
  if (missing) {
    await move({ step: "question", at: missing.name, editing: true });
    return goOn(missing);
  }
  currentTarget.disabled = true;
  draft.finished_at = tablet.localTime(new Date());
  const { questionnaire } = consultation;
  const item = {
    id: draft.id,
    consultation: consultation.id,
    questionnaire: questionnaire.id,
    version: questionnaire.version,
    language: draft.language,
    card: draft.card ?? null,
    assent: draft.assent,
    started_at: draft.started_at,
    finished_at: draft.finished_at,
    device: deviceId,
    receipt: tablet.receipt(),
    answers: way().answers,
  };
  try {
    await tablet.finish(item);
  } catch {
    currentTarget.disabled = false;
    return showStatus("status.not-saved");
  }
  leave();
  show(thanksScreen(item.receipt, item.card, nextChild()), doors);
  return tablet.sendNow();
}

/** A kind end without sending: "refused", "kept" or "deleted". */
const end = (how) => show(endScreen(how, nextChild()), doors);

const nextChild = () => {
  const again = t(consultation.kind === "community_survey" ? "thanks.again" : "thanks.next");
  return button(again, begin, "button--main button--wide", { "data-next-child": "" });
};

/** The child goes; on the tablet stays only what she left in the outbox or asked to keep. */
function leave() {
  draft = undefined;
  sessionStorage.removeItem("draft");
  tablet.noLongerAnswered();
  tablet.tellPresence({ consultation: consultation.id, answering: false, question: null, of: null });
}

async function forget() {
  await tablet.wipe("drafts", draft.id);
  leave();
}

async function keepForLater() {
  await save();
  leave();
  end("kept");
}

async function deleteAnswers() {
  await forget();
  end("deleted");
}

async function openTeacher() {
  const { teacherScreen } = await import("./teacher.js?v={{version}}");
  const back = () => {
    history.replaceState(null, "", location.pathname);
    start();
  };
  show(await teacherScreen(openTeacher, back));
}

function askWhoIsThere() {
  draft = undefined;
  sessionStorage.removeItem("draft");
  tablet.noLongerAnswered();
  start();
}

async function start() {
  if (location.hash === "#teacher") return openTeacher();
  if (draft?.assent) return render();
  const wanted = /^\/join\/(\d{6})\/?$/.exec(location.pathname)?.[1];
  if (!wanted) return askCode();
  return enter(wanted, await tablet.loadConsultation(wanted));
}

speak(rememberedLanguage());
cardInLink = new URLSearchParams(location.search).get("card") ?? undefined;
history.replaceState(null, "", location.pathname + location.hash);
document.getElementById("help").addEventListener("click", openHelp);
document.getElementById("stop").addEventListener("click", () => askToStop(keepForLater, deleteAnswers));
addEventListener("hashchange", start);
// A page taken back from the browser's memory, or a tablet left lying: the next to look may be another child.
addEventListener("pageshow", (event) => event.persisted && askWhoIsThere());
document.addEventListener("visibilitychange", () => {
  const left = draft?.assent && Date.now() - draft.saved > SAME_CHILD_WITHIN;
  if (left && document.visibilityState === "visible") askWhoIsThere();
});
tablet.device().then(
  (id) => (deviceId = id),
  () => showStatus("status.not-saved"),
);
start().finally(() => {
  tablet.startSending(showStatus);
  // Only now: the questions come first, keeping a copy of the page second.
  navigator.serviceWorker?.register("/sw.js");
});
