/**
 * A child's way through a consultation on this tablet: code, language, card, assent, questions, review, thanks.
 * The draft says where she is; every step is saved before it is shown, so that a reload comes back to it.
 */

import { drawEars, hush, readByItself, useRecordings, wireEar } from "./aloud.js?v={{version}}";
import {
  LANGUAGES,
  button,
  focusOn,
  handedAround,
  rememberedLanguage,
  speak,
  spoken,
  t,
} from "./page.js?v={{version}}";
import { needed, questionScreen, stones } from "./questions.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";
import {
  addTime,
  defaults,
  find,
  lay,
  lookOfScreen,
  problem,
  put,
  removeTime,
  scope,
  triggered,
  words,
} from "./walk.js?v={{version}}";
import {
  animalOf,
  ASSENT_VERSION,
  assentScreen,
  askLanguage,
  askToRemove,
  askToStop,
  cardScreen,
  codeProblem,
  codeScreen,
  digitsScreen,
  endScreen,
  gateScreen,
  languageScreen,
  openHelp,
  reviewScreen,
  signOf,
  thanksScreen,
} from "./doors.js?v={{version}}";

const byId = (id) => document.getElementById(id);
const stage = byId("stage");
const QUIET = 3 * 60_000;
const QUIET_AFTER_ASKING = 60_000;
// After so long the next to look may be another child.
const LEFT_ALONE = QUIET + QUIET_AFTER_ASKING;
const WORKER_WITHIN = 15_000;
const FIRST_SCREEN_FIRST = 1_000;
const TRY_AGAIN = 5_000;

// Loaded when they are needed; where no service worker keeps them, soon after the first screen (see `loadTheRest`).
const shared = async () => {
  const module = await import("./shared.js?v={{version}}");
  lockTeacherOut = module.lock;
  return module;
};
const teacher = () => import("./teacher.js?v={{version}}");
const paper = () => import("./paper.js?v={{version}}");
const attachments = () => import("./attachments.js?v={{version}}");
const media = () => import("./media.js?v={{version}}");

let code;
let cardInLink;
/** What this child answers, and what the next one will: a fresh copy that comes in meanwhile disturbs nobody. */
let consultation;
let latest;
let draft;
let deviceId;
let shown;
/** Reading by itself is switched off, until the child switches it on again or another one comes. */
let isQuiet = false;
/** The last change of hers is not on the tablet's disk. */
let isUnsaved = false;
let lastRead;
let lockTeacherOut = () => {};

/** Shows the screen that `build` makes; `again` draws it anew in another language where building alone does not. */
function show(build, options = {}) {
  shown = { build, ...options };
  if (!options.again) lockTeacherOut();
  draw();
  const { screen, at } = stage.firstChild.dataset;
  focusOn(stage.querySelector("h1, h2"));
  const before = lastRead;
  lastRead = `${draft?.id} ${screen} ${at}`;
  if (lastRead !== before && !isQuiet && (isYoung() || options.autoplay)) readByItself(stage.firstChild);
}

function draw() {
  hush();
  const section = shown.build();
  byId("stop").hidden = !shown.stoppable;
  byId("for-teacher").hidden = !shown.teacher;
  byId("language").hidden = languages().length < 2 || section.dataset.screen === "language";
  for (const [id, label] of Object.entries({
    help: t("help.open"),
    stop: t("stop.open"),
    language: LANGUAGES[spoken()],
    "for-teacher": t("for-teacher"),
    demonstration: t("demonstration"),
  })) {
    byId(id).lastElementChild.textContent = label;
  }
  byId("language").setAttribute("aria-label", `${t("language.label")}: ${LANGUAGES[spoken()]}`);
  stage.replaceChildren(section);
  showStatus();
  // The browser's history keeps titles: what is asked may repeat what she has answered.
  const step = section.querySelector(".stones")?.getAttribute("aria-label");
  document.title = `${step ?? section.querySelector("h1, h2").textContent} · ${t("app.name")}`;
  drawEars();
}

/** The same screen anew; the eye, the hand and the keyboard stay where they are. */
function drawInPlace() {
  const focused = document.activeElement?.id;
  const position = scrollY;
  draw();
  if (focused) byId(focused)?.focus({ preventScroll: true });
  scrollTo(0, position);
}

const doors = { teacher: true };
const isYoung = () => document.documentElement.dataset.band === "young";
const languages = () =>
  consultation?.questionnaire.languages.filter((one) => one in LANGUAGES) ?? Object.keys(LANGUAGES);

function changeLanguage(language) {
  speak(language);
  if (draft) {
    draft.language = language;
    laid = undefined;
    save();
  }
  if (shown.again) shown.again();
  else drawInPlace();
}

async function showStatus(problemKey) {
  const { waiting } = await tablet.outboxState().catch(() => ({ waiting: 0 }));
  if (isUnsaved) problemKey = "status.not-saved";
  const place = byId("status");
  place.classList.toggle("is-waiting", waiting > 0 || !!problemKey);
  place.textContent = problemKey
    ? t(problemKey)
    : waiting
      ? t("status.waiting", { n: waiting })
      : draft?.assent
        ? t("status.saved")
        : "";
  const sending = byId("sending");
  if (sending) sending.textContent = t(waiting ? "thanks.waiting" : "thanks.sent");
}

function askCode(note) {
  code = consultation = latest = undefined;
  delete document.documentElement.dataset.band;
  const complete = async (digits) => {
    const wanted = handedAround() ?? digits;
    const found = await tablet.loadConsultation(wanted);
    if (found.error) return t(codeProblem(found.error));
    await enter(wanted, found);
    return undefined;
  };
  show(() => codeScreen(complete, note && t(note)), doors);
}

const draftsHere = async () =>
  (await tablet.readAll("drafts")).filter((one) => one.code === code).sort((a, b) => b.saved - a.saved);

/** Comes in by this code: back to the child who was answering here, or a new one. */
async function enter(wanted, found) {
  code = wanted;
  const drafts = await draftsHere();
  // Deleted since this tablet had its questions: over, as far as a child is concerned.
  if (found.error === "unknown_code" && (await tablet.read("consultations", wanted).catch(() => undefined)))
    found = { error: "closed" };
  if (found.error === "closed" && drafts.length) found = (await tablet.read("consultations", wanted)) ?? found;
  if (found.error) {
    // It is over. Anything else is no reason to let the class out, nor to have the code typed anew.
    const isOver = ["closed", "unknown_code"].includes(found.error);
    if (handedAround() && isOver) (await shared()).handAround(null);
    const problem = codeProblem(found.error);
    askCode(problem === "code.offline" ? "code.trying" : problem);
    return isOver || tryAgain(wanted);
  }
  latest = found.consultation;
  attend(latest);
  history.replaceState(null, "", `/join/${code}`);
  setTimeout(
    quietly(() => prefetch(latest)),
    FIRST_SCREEN_FIRST,
  );

  const mine = drafts.find((one) => one.id === sessionStorage.getItem("draft"));
  if (mine && reloaded() && !cardInLink && Date.now() - mine.saved < LEFT_ALONE) return resume(mine);
  // Who had not said yes yet has left nothing worth coming back to.
  await Promise.all(drafts.filter((one) => !one.assent).map(tablet.forgetDraft));
  return handedAround() && !cardInLink ? pass() : welcome();
}

/** A part of the page did not come through a bad link. */
function notLoaded() {
  const wanted = handedAround() ?? codeInAddress();
  askCode("code.trying");
  if (wanted) tryAgain(wanted);
}

/** Until the code opens, or somebody begins to type another one. */
function tryAgain(wanted) {
  const here = stage.firstChild;
  const isWaiting = () => stage.firstChild === here && !here.querySelector("#code").value;
  setTimeout(async () => {
    const found = isWaiting() && (await tablet.loadConsultation(wanted));
    if (found && isWaiting()) enter(wanted, found).catch(notLoaded);
  }, TRY_AGAIN);
}

/** The page becomes this consultation's: its age band, whether it is a demonstration. */
function attend(one) {
  consultation = one;
  document.documentElement.dataset.band = (one.questionnaire.max_age ?? 99) <= 10 ? "young" : "older";
  byId("demonstration").hidden = !one.demonstration;
}

const reloaded = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

/** Between two children of a tablet that is handed around. */
async function pass() {
  isQuiet = false;
  const found = await shared().catch(() => undefined);
  return found ? show(() => found.passScreen(welcome), doors) : welcome();
}

/** A half-done draft is offered, and a fresh start. */
async function welcome() {
  const begun = (await draftsHere()).filter((one) => one.assent);
  if (!begun.length || cardInLink) return begin();
  speak(begun[0].language);
  return show(() => gateScreen(begun, askWhose, begin), doors);
}

/** Whoever comes back to a draft shows that it is hers: by the digits of her card; without a card the teacher helps. */
async function askWhose(one) {
  const animal = animalOf(one.card);
  if (!animal) return (!handedAround() || (await (await shared()).unlock(code))) && resume(one);
  const complete = (digits) => {
    if (animal.code + digits !== one.card) return t("card.wrong");
    resume(one);
    return undefined;
  };
  const back = () => button(t("question.back"), welcome, "button--quiet button--wide");
  return show(() => digitsScreen(animal, complete, back()), doors);
}

function begin() {
  tablet.noLongerAnswered();
  tablet.bringInNewVersion(() => !draft?.language && location.reload());
  attend(latest);
  isQuiet = false;
  draft = { id: tablet.uuid(), code, step: "language", answers: {}, seen: [] };
  laid = undefined;
  const { languages: all, default_language: first } = consultation.questionnaire;
  if (all.length > 1) render();
  else move({ language: first, step: afterLanguage() });
}

const afterLanguage = () => (consultation.kind === "community_survey" ? "assent" : "card");

async function resume(one) {
  const own = await tablet.read("consultations", tablet.draftsConsultation(one.id)).catch(() => undefined);
  if (own) attend(own.consultation);
  draft = one;
  laid = undefined;
  isQuiet = !!one.quiet;
  sessionStorage.setItem("draft", draft.id);
  if (draft.language) speak(draft.language);
  if (draft.assent) tablet.beingAnswered();
  render();
}

async function move(changes) {
  const mine = Object.assign(draft, changes);
  laid = undefined;
  await save();
  if (draft === mine) render();
}

/** Resolves with whether her draft is as it is here on the disk now. */
async function save() {
  const mine = draft;
  draft.saved = Date.now();
  sessionStorage.setItem("draft", draft.id);
  try {
    const isKept = await tablet.keepDraft(mine);
    isUnsaved = false;
    // In another tab she has sent it or given it up.
    if (!isKept && draft === mine) startOver();
    return isKept;
  } catch {
    isUnsaved = true;
    showStatus();
    return false;
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
    ...(draft.card && { card: draft.card, state: draft.assent ? "answering" : "joined" }),
  });
}

const STEPS = {
  language: () =>
    show(
      () =>
        languageScreen(consultation.questionnaire.languages, (language) => {
          speak(language);
          move({ language, step: afterLanguage() });
        }),
      doors,
    ),
  card: () => {
    const suggested = cardInLink;
    cardInLink = undefined;
    cardScreen(suggested, (build) => show(build, doors), takeCard);
  },
  assent: () =>
    show(() =>
      assentScreen(
        consultation,
        words(consultation.questionnaire.title, spoken(), consultation.questionnaire, {}),
        assented,
      ),
    ),
  question: renderQuestion,
  review: renderReview,
};

/** Her card opens what she has left half-done here. */
async function takeCard(card) {
  const parked = card && (await draftsHere()).find((one) => one.card === card && one.assent);
  if (!parked) return move({ card, step: "assent" });
  await tablet.forgetDraft(draft);
  return resume(parked);
}

async function assented(yes) {
  if (!yes) {
    await forget();
    return end("refused");
  }
  // Asks the browser not to clear this tablet's memory when space is short.
  navigator.storage?.persist?.();
  tablet.count(`begun:${consultation.id}`);
  tablet.keep("consultations", { code: tablet.draftsConsultation(draft.id), consultation }).catch(() => {});
  tablet.beingAnswered();
  const started_at = tablet.localTime(new Date());
  const assent = { version: ASSENT_VERSION, given: true };
  draft = { ...draft, answers: defaults(consultation.questionnaire), started_at, assent };
  laid = undefined;
  return move({ step: "question", at: way().screens[0]?.name });
}

/** Worked out once after each change: a screen asks for it many times. */
let laid;
const way = () => (laid ??= lay(consultation.questionnaire, draft.answers, known()));

/** What is known of the child's way beside her answers. */
const known = () => ({
  start: draft.started_at,
  today: draft.started_at?.slice(0, 10),
  deviceid: deviceId,
  language: draft.language,
  photos: !!consultation.photos_allowed,
  seed: draft.id,
  ...(draft.finished_at && { end: draft.finished_at }),
});

/** How often each screen was skipped: what was still being made on it does not become an answer any more. */
const skips = {};

/** What questions.js needs to know of this child on this screen; answers are those that the screen sees, read anew each time. */
const childAt = (screen, before = skips[screen.name]) => ({
  get questionnaire() {
    return consultation.questionnaire;
  },
  get language() {
    return draft.language;
  },
  get answers() {
    return scope(consultation.questionnaire, way().answers, screen);
  },
  get seed() {
    return draft.id;
  },
  get isSkipped() {
    return skips[screen.name] !== before;
  },
  get photosAllowed() {
    return !!consultation.photos_allowed;
  },
  media: mediaFile,
  attachments: {
    keep: async (node, blob, mediaType) => (await attachments()).keepAttachment(draft.id, node.name, blob, mediaType),
    read: async (name) => (await attachments()).readAttachment(name),
    remove: (name) => tablet.wipe("attachments", name),
  },
  set(name, value) {
    const before = lookOfScreen(this, way().screens, screen.name);
    const former = isMade(name) && this.answers[name];
    put(draft.answers, screen, name, value);
    triggered(consultation.questionnaire, draft.answers, screen, name, known());
    laid = undefined;
    // What she has replaced goes once the draft no longer names it.
    save().then((isKept) => isKept && former && former !== value && tablet.wipe("attachments", former));
    const error = byId(`error-${name}`);
    if (error) error.textContent = "";
    if (draft.at === screen.name && lookOfScreen(this, way().screens, screen.name) !== before) drawInPlace();
  },
});

const isMade = (name) => ["image", "audio"].includes(find(consultation.questionnaire.nodes, name)?.type);

/** The address of a file of the form: this tablet's own copy when it has one. */
async function mediaFile(file) {
  const { address, mediaUrl } = await media();
  const stored = consultation.media?.[file];
  return stored ? mediaUrl(stored) : address(file);
}

/** Staff's recording of a place of the form, else the form's own; undefined when there is none. */
function recordingOf(place, language) {
  const stored = consultation?.recordings?.[language]?.[place];
  if (stored)
    return media()
      .then(({ mediaUrl }) => mediaUrl(stored))
      .catch(() => undefined);
  const [kind, name] = place.split(/:(.*)/);
  const [list, choice] = name.split("/");
  const { nodes, choices } = consultation?.questionnaire ?? { nodes: [] };
  const spokenOf = kind === "question" ? find(nodes, name) : choices[list]?.find((one) => one.name === choice);
  const file = spokenOf?.audio?.[language];
  return file && mediaFile(file).catch(() => undefined);
}

function renderQuestion() {
  const { screens } = way();
  const now = screens.find((one) => one.name === draft.at) ?? screens[0];
  if (!now) return move({ step: "review" });
  draft.at = now.name;
  if (!draft.seen.includes(now.name)) draft.seen.push(now.name);
  const build = () => {
    const all = way().screens;
    const here = Math.max(
      0,
      all.findIndex((one) => one.name === now.name),
    );
    const ways = {
      back: (here > 0 || draft.editing) && (() => goBack(here)),
      skip: (nodes) => skip(now, nodes),
      next: () => goOn(now),
      add: () => addOne(now),
      remove: (index) => askToRemove(() => removeOne(now, index)),
    };
    // What stands on it may have changed by an answer on it.
    return questionScreen(all[here], childAt(now), stones(here, all.length, signOf(draft.card)), ways);
  };
  return show(build, { stoppable: true, autoplay: now.nodes.some((node) => node.autoplay) });
}

const goBack = (here) =>
  draft.editing ? move({ step: "review", editing: false }) : move({ at: way().screens[here - 1].name });

/** One more time of the repeat that this screen asks about. */
function addOne({ more }) {
  const before = way()
    .screens.filter((one) => one.repeat?.node.name === more.name)
    .map((one) => one.name);
  addTime(draft.answers, more.name);
  laid = undefined;
  const first = way().screens.find((one) => one.repeat?.node.name === more.name && !before.includes(one.name));
  return move({ at: first?.name ?? draft.at });
}

function removeOne({ name, more }, index) {
  takeAway(more.name, index);
  return move({ at: name });
}

/** The others move up: a time that comes in place of the last has not been seen. */
function takeAway(name, index) {
  removeTime(draft.answers, name, index);
  const last = `${name}/${draft.answers[name].length}`;
  draft.seen = draft.seen.filter((one) => one !== last && !one.startsWith(`${last}/`));
}

function skip(now, nodes) {
  skips[now.name] = (skips[now.name] ?? 0) + 1;
  for (const { name } of nodes) {
    put(draft.answers, now, name, undefined);
    // What was copied from it goes, too.
    triggered(consultation.questionnaire, draft.answers, now, name, known());
  }
  laid = undefined;
  goFrom(now.name);
}

function goOn(now) {
  const { answers } = childAt(now);
  const wrong = now.nodes.map((node) => [node, problem(node, answers)]).filter(([, why]) => why);
  for (const [node, why] of wrong) {
    byId(`error-${node.name}`).textContent = why.key
      ? t(why.key)
      : words(why.text, draft.language, consultation.questionnaire, answers);
  }
  if (!wrong.length) return goFrom(now.name);
  const place = document.querySelector(`[data-question="${CSS.escape(wrong[0][0].name)}"]`);
  place.querySelector("input, textarea, select, button, canvas")?.focus();
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
  const ways = {
    childAt,
    edit: (at) => move({ step: "question", at, editing: true }),
    remove: (name, index) => {
      takeAway(name, index);
      move({});
    },
    send,
  };
  show(() => reviewScreen(way().screens, ways), { stoppable: true });
}

async function send({ currentTarget }) {
  const missing = way().screens.find((one) => {
    const { answers } = childAt(one);
    return one.nodes.some((node) => problem(node, answers));
  });
  if (missing) {
    await move({ step: "question", at: missing.name, editing: true });
    return goOn(missing);
  }
  currentTarget.disabled = true;
  draft.finished_at = tablet.localTime(new Date());
  laid = undefined;
  const { questionnaire } = consultation;
  try {
    deviceId ??= await tablet.device();
    const { answers } = way();
    const made = await tablet.attachmentsOf(draft.id);
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
      answers,
      ...(made.length && (await attachments()).described(made, answers)),
    };
    return (await tablet.finish(item)) ? thank(item) : startOver();
  } catch {
    currentTarget.disabled = false;
    return showStatus("status.not-saved");
  }
}

function thank({ receipt, card }) {
  leave("waiting");
  show(() => thanksScreen(receipt, card, nextChild()), doors);
  tablet.sendNow();
}

/** A kind end without sending: "refused", "kept" or "deleted". */
const end = (how) => show(() => endScreen(how, nextChild()), doors);

const nextChild = () => {
  const again = t(consultation.kind === "community_survey" ? "thanks.again" : "thanks.next");
  return button(again, handedAround() ? pass : begin, "button--main button--wide", {
    "data-next-child": "",
    "data-aloud": "",
  });
};

/** The child goes; on the tablet stays only what she left in the outbox or asked to keep. */
function leave(state = "left") {
  const card = draft?.card && { card: draft.card, state };
  closeDialogs();
  draft = undefined;
  isUnsaved = false;
  sessionStorage.removeItem("draft");
  tablet.noLongerAnswered();
  tablet.tellPresence({ consultation: consultation.id, answering: false, question: null, of: null, ...card });
}

const closeDialogs = () => document.querySelectorAll("dialog").forEach((dialog) => dialog.close());

async function forget() {
  await tablet.forgetDraft(draft);
  leave();
}

async function keepForLater() {
  if (!(await save())) return;
  leave();
  end("kept");
}

async function deleteAnswers() {
  await forget();
  end("deleted");
}

async function openTeacher() {
  const leaveTeacher = () => history.replaceState(null, "", location.pathname);
  const [{ teacherScreen }, { unlock }] = await Promise.all([teacher(), shared()]).catch(() => [{}, {}]);
  if (!unlock) {
    leaveTeacher();
    return shown ? showStatus("status.no-network") : start();
  }
  const back = () => (leaveTeacher(), start());
  const home = () => (leaveTeacher(), location.assign("/"));
  if (handedAround() && !(await unlock(handedAround()))) return shown ? leaveTeacher() : back();
  const here = handedAround() ?? code ?? codeInAddress();
  const kept = here && (await tablet.read("consultations", here));
  const place = { code: here, consultation: latest ?? kept?.consultation, again: openTeacher, back, home };
  const section = await teacherScreen(place);
  return show(() => section, { again: openTeacher });
}

/** For the grown-up who holds children's sheets of paper; a tablet that is handed around asks for the PIN first. */
async function openPaper() {
  const leavePaper = () => (history.replaceState(null, "", location.pathname), start());
  const [{ enterPaper }, { unlock }] = await Promise.all([paper(), shared()]).catch(() => [{}, {}]);
  if (!unlock || (handedAround() && !(await unlock(handedAround())))) return leavePaper();
  // Whoever was answering here finds it again behind her card.
  if (draft?.assent) await save();
  draft = undefined;
  sessionStorage.removeItem("draft");
  speak(rememberedLanguage());
  code = handedAround() ?? codeInAddress();
  const found = await tablet.loadConsultation(code);
  if (found.consultation) attend((latest = found.consultation));
  // What children are helped with is put away until one comes in again.
  document.documentElement.dataset.band = "paper";
  deviceId ??= await tablet.device();
  return enterPaper(found, {
    consultation: found.consultation,
    device: deviceId,
    media: mediaFile,
    show,
    redraw: drawInPlace,
    status: showStatus,
    leave: leavePaper,
  });
}

/** What the next to look may see: nothing of who was here. */
function startOver() {
  closeDialogs();
  draft = undefined;
  isUnsaved = false;
  hush();
  stage.replaceChildren();
  sessionStorage.removeItem("draft");
  tablet.noLongerAnswered();
  if (location.hash) history.replaceState(null, "", location.pathname);
  start();
}

const codeInAddress = () => /^\/join\/(\d{6})\/?$/.exec(location.pathname)?.[1];

async function start() {
  if (location.hash === "#teacher") return openTeacher();
  if (location.hash === "#paper") return openPaper();
  if (draft?.assent) return render();
  const wanted = handedAround() ?? codeInAddress();
  if (!wanted) return askCode();
  if (wanted === code && latest) return enter(code, { consultation: latest });
  return enter(wanted, await tablet.loadConsultation(wanted));
}

let idle;
let lastSign = Date.now();

function somebodyIsThere() {
  clearTimeout(idle);
  lastSign = Date.now();
  idle = setTimeout(askWhoIsThere, QUIET);
}

/** Nobody has touched it for a while: who was answering is asked; any other screen that is not the first one goes. */
function askWhoIsThere() {
  const screen = stage.firstChild?.dataset.screen;
  if (!draft?.language && !stage.querySelector("[data-paper]"))
    return ["thanks", "refused", "kept", "deleted", "teacher"].includes(screen) && goAway();
  idle = setTimeout(goAway, QUIET_AFTER_ASKING);
  return shared().then(
    ({ askStillThere }) => askStillThere(somebodyIsThere),
    () => {},
  );
}

/** What a child has begun is parked under her card. */
async function goAway() {
  if (draft?.assent) await save();
  startOver();
}

/** What this consultation will need, fetched before it does: rare kinds of questions, pictures, recordings. */
async function prefetch({ questionnaire, media: files, recordings }) {
  await needed(questionnaire);
  if (Object.keys({ ...files, ...recordings }).length) await (await media()).fetchMedia(latest);
}

/** Where no service worker keeps them, the other modules are loaded while there still is a network. */
async function loadTheRest() {
  if (!navigator.serviceWorker?.controller) await Promise.all([teacher(), shared(), attachments(), media()]);
}

const quietly = (work) => () => work().catch(() => {});

speak(rememberedLanguage());
cardInLink = new URLSearchParams(location.search).get("card") ?? undefined;
history.replaceState(null, "", location.pathname + location.hash);
byId("help").addEventListener("click", openHelp);
byId("stop").addEventListener("click", () => askToStop(keepForLater, deleteAnswers));
byId("language").addEventListener("click", () => askLanguage(languages(), changeLanguage));
useRecordings(recordingOf);
wireEar(
  byId("ear"),
  () => stage.firstChild,
  (on, byItself) => {
    if (!on && !byItself) return;
    isQuiet = !on;
    if (draft?.assent) {
      draft.quiet = isQuiet;
      save();
    }
  },
);
addEventListener("hashchange", start);
for (const sign of ["pointerdown", "keydown", "input"])
  addEventListener(sign, somebodyIsThere, { passive: true, capture: true });
somebodyIsThere();
// A page that the browser may bring back from its memory must not bring a child's screen back with it.
addEventListener("pagehide", () => {
  closeDialogs();
  stage.replaceChildren();
});
addEventListener("pageshow", (event) => event.persisted && startOver());
// A tablet that was asleep meanwhile has not asked who is there.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || Date.now() - lastSign < LEFT_ALONE) return;
  goAway();
});
tablet.device().then(
  (id) => (deviceId = id),
  () => showStatus("status.not-saved"),
);
start()
  .catch(notLoaded)
  .finally(() => {
    tablet.startSending(showStatus);
    // Only now: the questions come first, keeping a copy of the page second.
    navigator.serviceWorker?.register("/sw.js");
    setTimeout(quietly(loadTheRest), navigator.serviceWorker ? WORKER_WITHIN : FIRST_SCREEN_FIRST);
  });
