/**
 * Entering what was written on paper: by the grown-up who holds the sheets, through the same questions and into the same outbox,
 * without reading aloud, drawings, voices and photos. A sheet that is being entered is kept nowhere: it lies on the table.
 */

import {
  ASSENT_VERSION,
  askBefore,
  cardOf,
  codeProblem,
  readCard,
  reviewScreen,
  screen,
  signOf,
} from "./doors.js?v={{version}}";
import { messages } from "./messages-paper.js?v={{version}}";
import { LANGUAGES, button, emoji, h, learn, t } from "./page.js?v={{version}}";
import { needed, questionScreen, stones } from "./questions.js?v={{version}}";
import * as tablet from "./tablet.js?v={{version}}";
import {
  addTime,
  defaults,
  every,
  isEmpty,
  isReadOnly,
  isRequired,
  lay,
  lookOfScreen,
  problem,
  put,
  removeTime,
  scope,
  triggered,
  words,
} from "./walk.js?v={{version}}";

learn(messages);

/** {consultation, device, media(file), show(build), redraw(), status(key), leave()}: what join.js lends. */
let place;
let questionnaire;
/** What is being entered: {id, language, card, started_at, answers, seen, blank, at, isReview, editing}. */
let sheet;
let laid;
let language;
/** Cards entered since this page was opened: two sheets with one card are a slip. */
const cards = new Set();

/** Begins with the first sheet; `found` is as of tablet.loadConsultation. */
export function enterPaper(found, lent) {
  place = lent;
  if (found.error) return place.show(() => cannotScreen(found.error));
  questionnaire = onPaper(place.consultation.questionnaire);
  language = questionnaire.default_language;
  needed(questionnaire);
  return askForSheet();
}

/** The questions as they are printed: in one order, without what only a tablet can take or only a child need be told. */
function onPaper(whole) {
  const copy = JSON.parse(JSON.stringify(whole));
  const without = (nodes) =>
    nodes.filter((node) => {
      if (node.children) node.children = without(node.children);
      return !["image", "audio", "note"].includes(node.type) && (!node.children || node.children.length > 0);
    });
  copy.nodes = without(copy.nodes);
  for (const node of every(copy.nodes)) delete node.randomize;
  return copy;
}

const counter = (name) => `${name}:${place.consultation.id}`;
const isSurvey = () => place.consultation.kind === "community_survey";
const offered = () => questionnaire.languages.filter((one) => one in LANGUAGES);

/** A screen of this mode: nothing on it is read aloud. */
function onlyForGrownUps(section) {
  section.dataset.paper = "";
  for (const element of section.querySelectorAll("[data-aloud]")) element.removeAttribute("data-aloud");
  return section;
}

const leaving = () =>
  button(t("paper.leave"), () => (drop(), place.leave()), "button--wide button--quiet", { "data-paper-leave": "" });

const cannotScreen = (error) =>
  onlyForGrownUps(
    screen(
      "paper",
      t("paper.title"),
      h("p", { class: "notice" }, t(["closed", "offline"].includes(error) ? `paper.${error}` : codeProblem(error))),
      leaving(),
    ),
  );

/** Nothing of the sheet stays in this page. */
function drop() {
  sheet = laid = undefined;
  tablet.noLongerAnswered();
}

async function askForSheet(note) {
  drop();
  const [entered, refused] = await Promise.all(["paper", "paper-refused"].map((name) => tablet.counted(counter(name))));
  const chosen = { card: "", assent: undefined };
  place.show(() => sheetScreen({ entered, refused }, chosen, note));
}

function choice(name, options, given, chosen) {
  return h(
    "div",
    { class: "tiles tiles--columns" },
    options.map(([value, label]) =>
      h(
        "label",
        { class: "tile" },
        h("input", {
          type: "radio",
          name,
          id: `${name}-${value}`,
          checked: value === given,
          onchange: () => chosen(value),
        }),
        h("span", { class: "tile__label" }, label),
        h("span", { class: "tile__mark", "aria-hidden": "true" }),
      ),
    ),
  );
}

const part = (title, ...content) =>
  h("fieldset", { class: "question" }, h("legend", {}, h("h2", {}, title)), ...content);

/** What stands at the top of a sheet: its language, whether she agreed, her card. */
function sheetScreen(counts, chosen, note) {
  const error = h("p", { class: "error", id: "paper-error", role: "alert" });
  const whose = h("p", { role: "status" });
  const card = h("input", {
    class: "field",
    id: "paper-card",
    type: "text",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: 20,
    "aria-label": t("paper.card"),
    "aria-describedby": "paper-card-hint paper-error",
    value: chosen.card,
    oninput: () => {
      chosen.card = card.value;
      chosen.isWarned = false;
      error.textContent = "";
      draw();
    },
  });
  const fault = (key, element) => {
    error.textContent = t(key);
    element?.focus();
  };
  const go = async () => {
    if (!chosen.assent) return fault("paper.assent.missing", section.querySelector("#paper-assent-yes"));
    if (chosen.assent === "no") {
      await tablet.count(counter("paper-refused")).catch(() => {});
      return askForSheet(t("paper.noted"));
    }
    const typed = !isSurvey() && chosen.card.trim();
    const known = typed ? cardOf(readable(typed)) : null;
    if (known === undefined) return fault("paper.card.wrong", card);
    if (cards.has(known) && !chosen.isWarned) {
      chosen.isWarned = true;
      return fault("paper.card.again", card);
    }
    return begin(known);
  };
  const forward = button("", go, "button--main button--wide", { "data-paper-enter": "" });
  const draw = () => {
    forward.textContent = t(chosen.assent === "no" ? "paper.not-entered" : "paper.begin");
    const { animal } = readCard(readable(chosen.card)) ?? {};
    whose.replaceChildren(...(animal ? [emoji(animal.emoji), ` ${animal.code}`] : []));
  };
  const figure = (name, n) =>
    h("div", { class: "figure" }, h("dt", {}, t(`paper.${name}`)), h("dd", { "data-figure": name }, String(n)));
  const answered = (value) => {
    chosen.assent = value;
    error.textContent = "";
    draw();
    if (value === "yes" && !isSurvey()) card.focus();
  };
  const title = words(questionnaire.title, language, questionnaire, {});
  const section = screen(
    "paper",
    t("paper.title"),
    h("p", { class: "notice" }, t("paper.lead")),
    h("p", { class: "topic" }, h("strong", {}, title)),
    note && h("p", { class: "notice", role: "status" }, note),
    offered().length > 1 &&
      part(
        t("paper.language"),
        choice(
          "paper-language",
          offered().map((one) => [one, LANGUAGES[one]]),
          language,
          (value) => (language = value),
        ),
      ),
    part(
      t("paper.assent"),
      choice(
        "paper-assent",
        ["yes", "no"].map((one) => [one, t(`paper.assent.${one}`)]),
        chosen.assent,
        answered,
      ),
    ),
    !isSurvey() &&
      part(
        t("paper.card"),
        h("p", { class: "lead", id: "paper-card-hint" }, t("paper.card.hint")),
        h("div", { class: "paper__card" }, card, whose),
      ),
    error,
    h("div", { class: "choices-below" }, forward, leaving()),
    h("dl", { class: "figures" }, figure("entered", counts.entered), figure("refused", counts.refused)),
  );
  draw();
  return withKeys(onlyForGrownUps(section));
}

/** "Voi 48 21", as hands and keyboards write it. */
const readable = (typed) =>
  typed
    .normalize("NFD")
    .replace(/[\u0300-\u036f\s.-]/g, "")
    .replace(/đ/gi, "D")
    .toUpperCase();

function begin(card) {
  tablet.beingAnswered();
  // The child's own times are unknown: these are the times of entering.
  const started_at = tablet.localTime(new Date());
  sheet = {
    id: tablet.uuid(),
    language,
    card,
    started_at,
    answers: defaults(questionnaire),
    seen: [],
    blank: new Set(),
  };
  laid = undefined;
  move({ at: way().screens[0]?.name });
}

const way = () => (laid ??= lay(questionnaire, sheet.answers, known()));

const known = () => ({
  start: sheet.started_at,
  today: sheet.started_at.slice(0, 10),
  deviceid: place.device,
  language: sheet.language,
  photos: false,
  seed: sheet.id,
  ...(sheet.finished_at && { end: sheet.finished_at }),
});

/** What questions.js needs to know on this screen. */
const childAt = (now) => ({
  questionnaire,
  get language() {
    return sheet.language;
  },
  get answers() {
    return scope(questionnaire, way().answers, now);
  },
  get seed() {
    return sheet.id;
  },
  isSkipped: false,
  photosAllowed: false,
  media: place.media,
  set(name, value) {
    const before = lookOfScreen(this, way().screens, now.name);
    put(sheet.answers, now, name, value);
    triggered(questionnaire, sheet.answers, now, name, known());
    laid = undefined;
    const error = document.getElementById(`error-${name}`);
    if (error) error.textContent = "";
    if (sheet.at === now.name && lookOfScreen(this, way().screens, now.name) !== before) place.redraw();
  },
});

function move(changes) {
  Object.assign(sheet, changes);
  laid = undefined;
  const { screens } = way();
  const now = screens.find((one) => one.name === sheet.at) ?? screens[0];
  if (sheet.isReview || !now) return place.show(review);
  sheet.at = now.name;
  if (!sheet.seen.includes(now.name)) sheet.seen.push(now.name);
  place.show(() => asked(now));
  // Whoever types need not reach for the mouse first; choices are made by digits from anywhere.
  const first = document.querySelector("[data-paper] [data-question] :is(input, textarea, select)");
  return first && isField(first) && first.focus();
}

function asked(now) {
  const { screens } = way();
  const here = Math.max(
    0,
    screens.findIndex((one) => one.name === now.name),
  );
  const section = questionScreen(screens[here], childAt(now), stones(here, screens.length, signOf(sheet.card)), {
    back:
      (here > 0 || sheet.editing) &&
      (() => move(sheet.editing ? { isReview: true, editing: false } : { at: screens[here - 1].name })),
    skip: (nodes) => {
      for (const { name } of nodes) childAt(now).set(name, undefined);
      goFrom(now.name);
    },
    next: () => goOn(now),
    add: () => addOne(now),
    remove: (index) => (removeTime(sheet.answers, now.more.name, index), move({})),
  });
  section.lang = sheet.language;
  const { answers } = childAt(now);
  if (now.nodes.some((node) => isRequired(node, answers) && !isReadOnly(node, answers))) {
    const blank = button(t("paper.blank"), () => leaveBlank(now), "button--quiet", { "data-paper-blank": "" });
    section.querySelector("[data-way=next]").before(blank);
  }
  section.lastChild.before(
    h(
      "div",
      { class: "paper__foot", lang: document.documentElement.lang },
      h("p", { class: "aside" }, t("paper.keys")),
      button(t("paper.discard"), discard, "button--small button--quiet", { "data-paper-discard": "" }),
    ),
  );
  return withKeys(onlyForGrownUps(section));
}

function addOne({ more }) {
  const before = way().screens.map((one) => one.name);
  addTime(sheet.answers, more.name);
  laid = undefined;
  const first = way().screens.find((one) => one.repeat?.node.name === more.name && !before.includes(one.name));
  move({ at: first?.name ?? sheet.at });
}

const discard = () => askBefore("paper.discard", () => askForSheet(), { "data-paper-discard-yes": "" });

const missing = (now) => {
  const { answers } = childAt(now);
  return now.nodes
    .map((node) => [node, problem(node, answers)])
    .filter(([node, why]) => why && !(isEmpty(answers[node.name]) && sheet.blank.has(`${now.name}:${node.name}`)));
};

/** What must be answered and was not, on paper, is sent as it is: it goes to review. */
function leaveBlank(now) {
  const { answers } = childAt(now);
  for (const node of now.nodes) if (isEmpty(answers[node.name])) sheet.blank.add(`${now.name}:${node.name}`);
  goOn(now);
}

function goOn(now) {
  const wrong = missing(now);
  for (const [node, why] of wrong) {
    document.getElementById(`error-${node.name}`).textContent = why.key
      ? t(why.key)
      : words(why.text, sheet.language, questionnaire, childAt(now).answers);
  }
  if (!wrong.length) return goFrom(now.name);
  const field = document.querySelector(`[data-question="${CSS.escape(wrong[0][0].name)}"]`);
  field.querySelector("input, textarea, select, button")?.focus();
  return field.scrollIntoView({ block: "center" });
}

function goFrom(name) {
  const { screens } = way();
  const next = sheet.editing
    ? screens.find((one) => !sheet.seen.includes(one.name))
    : screens[screens.findIndex((one) => one.name === name) + 1];
  return next ? move({ at: next.name }) : move({ isReview: true, editing: false });
}

function review() {
  const section = reviewScreen(way().screens, {
    childAt,
    edit: (at) => move({ at, isReview: false, editing: true }),
    remove: (name, index) => (removeTime(sheet.answers, name, index), move({})),
    send,
  });
  section.querySelector("h1").textContent = t("paper.review.title");
  section.querySelector(".lead").textContent = t("paper.review.lead");
  return onlyForGrownUps(section);
}

async function send({ currentTarget }) {
  const unfinished = way().screens.find((one) => missing(one).length);
  if (unfinished) {
    move({ at: unfinished.name, isReview: false, editing: true });
    return goOn(unfinished);
  }
  currentTarget.disabled = true;
  sheet.finished_at = tablet.localTime(new Date());
  laid = undefined;
  const item = {
    id: sheet.id,
    consultation: place.consultation.id,
    questionnaire: questionnaire.id,
    version: questionnaire.version,
    language: sheet.language,
    card: sheet.card,
    assent: { version: ASSENT_VERSION, given: true },
    started_at: sheet.started_at,
    finished_at: sheet.finished_at,
    device: place.device,
    receipt: tablet.receipt(),
    answers: way().answers,
    entered_from: "paper",
  };
  try {
    await tablet.finish(item);
    await tablet.count(counter("paper"));
  } catch {
    currentTarget.disabled = false;
    return place.status("status.not-saved");
  }
  if (item.card) cards.add(item.card);
  drop();
  const n = await tablet.counted(counter("paper"));
  place.show(() => doneScreen(n, item.receipt));
  return tablet.sendNow();
}

/** The receipt is hers, should the sheet go back to her. */
const doneScreen = (n, receipt) =>
  onlyForGrownUps(
    screen(
      "paper-done",
      t("paper.done.title", { n }),
      h("p", { class: "sending", id: "sending", role: "status" }),
      h(
        "p",
        {},
        t("paper.receipt"),
        " ",
        h("strong", { "data-receipt": receipt }, `${receipt.slice(0, 5)} ${receipt.slice(5)}`),
      ),
      h(
        "div",
        { class: "choices-below" },
        button(t("paper.next"), () => askForSheet(), "button--main button--wide", { "data-paper-enter": "" }),
        leaving(),
      ),
    ),
  );

// The keyboard: digits choose, Enter goes on.

const isField = (element) =>
  element.matches("textarea, select, input:not([type=radio], [type=checkbox])") && !element.readOnly;
/** The language is chosen before and stays: digits are for what differs from sheet to sheet. */
const inputsOf = (fieldset) => [...fieldset.querySelectorAll(".tile input:not([name=paper-language])")];

/** Which key chooses this tile: its own number where all are numbers, otherwise its place; undefined beyond the tenth. */
function keyOf(input, all) {
  if (all.every((one) => /^\d$/.test(one.value))) return input.value;
  const at = all.indexOf(input) + 1;
  return at > 10 ? undefined : String(at % 10);
}

/** Shows on each tile which key chooses it. */
function withKeys(section) {
  for (const fieldset of section.querySelectorAll("fieldset")) {
    const all = inputsOf(fieldset);
    for (const input of all) {
      const key = keyOf(input, all);
      if (key && !input.closest(".tiles--numbers"))
        input.after(h("kbd", { class: "tile__key", "aria-hidden": "true" }, key));
    }
  }
  return section;
}

function choose(section, target, digit) {
  const all = [...section.querySelectorAll("fieldset")].filter((one) => inputsOf(one).length);
  const isOpen = (one) => !inputsOf(one).some((input) => input.checked);
  const here = all.find((one) => one.contains(target));
  // Where one choice is made and done, the digit is for what is still open.
  const isHere = here && (isOpen(here) || here.querySelector("[type=checkbox]"));
  const inputs = inputsOf((isHere ? here : all.find(isOpen)) ?? here ?? all[0] ?? section);
  const input = inputs.find((one) => keyOf(one, inputs) === digit);
  if (!input) return;
  input.click();
  // Several may be chosen: the next digit is for this question, too.
  if (input.type === "checkbox") document.getElementById(input.id)?.focus({ preventScroll: true });
}

addEventListener("keydown", (event) => {
  const section = document.querySelector("#stage > [data-paper]");
  const { target, key } = event;
  if (
    !section ||
    document.querySelector("dialog[open]") ||
    event.isComposing ||
    event.ctrlKey ||
    event.altKey ||
    event.metaKey
  )
    return;
  if (key === "Enter") {
    if (target.closest("button, a, summary, select") || (target.tagName === "TEXTAREA" && event.shiftKey)) return;
    event.preventDefault();
    // Held down it would run through the whole sheet.
    if (!event.repeat) section.querySelector("[data-paper-enter], [data-way=next], [data-way=send]")?.click();
  } else if (/^\d$/.test(key) && !(target.closest("#stage") && isField(target))) {
    event.preventDefault();
    choose(section, target, key);
  }
});
