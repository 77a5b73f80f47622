/** The screens before and after the questions: code, language, card, assent; thanks and other ends; help and stop. */

import { wireEar } from "./aloud.js?v={{version}}";
import { LANGUAGES, animals, ask, button, emoji, h, hotline, spoken, speak, t } from "./page.js?v={{version}}";
import { answerShown, turn } from "./questions.js?v={{version}}";
import { isEmpty, words } from "./walk.js?v={{version}}";

/** What reading aloud reads. */
const READ = { "data-aloud": "" };
const lead = (key) => h("p", { class: "lead", ...READ }, t(key));

/** A screen: heading first, then what it holds. A heading that is an element says itself how it is read aloud. */
export const screen = (name, title, ...content) =>
  h(
    "section",
    { class: `screen screen--${name}`, "data-screen": name },
    h("h1", { tabindex: "-1", ...(typeof title === "string" && READ) }, title),
    ...content,
  );

/** A dialog with an ear of its own: the one on the page is out of reach behind it. */
export function askAloud(labelKey, build) {
  const dialog = ask(labelKey, build);
  const ear = button(emoji("👂"), undefined, "button--ear dialog__ear");
  ear.append(h("span", { class: "unseen" }));
  dialog.firstChild.after(ear);
  wireEar(ear, () => dialog);
  return dialog;
}

/**
 * Digits by thumb or by keyboard: a field that shows them large and a keypad under it. `complete(digits)` is called
 * when all are there; it may return the text of what is wrong, which is then shown and the digits taken back.
 */
export function keypad({ length, label, name, complete }) {
  const error = h("p", { class: "error", id: `${name}-error`, role: "alert" });
  const input = h("input", {
    class: "digits",
    id: name,
    name,
    type: "text",
    // Our own keys are larger than those of the tablet, which would hide half of the screen.
    inputmode: "none",
    autocomplete: "off",
    maxlength: length,
    pattern: "[0-9]*",
    "aria-label": label,
    "aria-describedby": `${name}-error`,
  });
  const row = h("div", { class: "keypad__shown", "aria-hidden": "true" });
  const draw = () =>
    row.replaceChildren(
      ...Array.from({ length }, (_, i) =>
        h(
          "span",
          { class: i === input.value.length ? "keypad__digit is-next" : "keypad__digit" },
          input.value[i] ?? "",
        ),
      ),
    );
  const changed = async () => {
    input.value = input.value.replace(/\D/g, "").slice(0, length);
    if (input.value) error.textContent = "";
    draw();
    if (input.value.length < length) return;
    const wrong = await complete(input.value);
    if (!wrong) return;
    error.textContent = wrong;
    input.value = "";
    draw();
    input.focus();
  };
  const press = (digit) => {
    input.value += digit;
    changed();
  };
  input.addEventListener("input", changed);
  const key = (digit) => h("button", { type: "button", class: "keypad__key", onclick: () => press(digit) }, digit);
  const back = h(
    "button",
    {
      type: "button",
      class: "keypad__key keypad__key--back",
      "aria-label": t("keypad.back"),
      onclick: () => ((input.value = input.value.slice(0, -1)), changed()),
    },
    "⌫",
  );
  draw();
  return h(
    "div",
    { class: `keypad keypad--${length}` },
    h("div", { class: "keypad__field" }, input, row),
    error,
    h("div", { class: "keypad__keys" }, [..."123456789"].map(key), h("span", {}), key("0"), back),
  );
}

const CODE_PROBLEMS = {
  unknown_code: "code.unknown",
  closed: "code.closed",
  slow_down: "code.slow-down",
  offline: "code.offline",
};

/** Why a code does not open: the key of words that a child understands. */
export const codeProblem = (error) => CODE_PROBLEMS[error] ?? "code.offline";

/** Six digits from the teacher's board. */
export const codeScreen = (complete, problem) =>
  screen(
    "code",
    t("code.title"),
    lead("code.lead"),
    problem && h("p", { class: "notice" }, problem),
    keypad({ length: 6, label: t("code.label"), name: "code", complete }),
    h("p", { class: "aside" }, h("a", { class: "link", href: "/" }, t("code.home"))),
  );

/** Every language in its own words: who reads only one must find it without the others. */
export function languageScreen(languages, done) {
  const offered = languages.filter((code) => code in LANGUAGES);
  const greet = (code) => {
    const before = spoken();
    speak(code);
    const text = t("language.choose");
    speak(before);
    return text;
  };
  return screen(
    "language",
    h("span", { class: "greeting" }, ...offered.map((code) => h("span", { lang: code, ...READ }, HELLO[code]))),
    h(
      "div",
      { class: "languages" },
      ...offered.map((code) =>
        h(
          "button",
          { type: "button", class: "language", lang: code, "data-language": code, onclick: () => done(code) },
          h("strong", {}, LANGUAGES[code]),
          h("span", READ, greet(code)),
        ),
      ),
    ),
  );
}

const HELLO = { vi: "Xin chào!", km: "សួស្តី!", en: "Hello!" };

/** ISO/IEC 7064 MOD 11,10 over the animal's position (two digits) and the first three digits of the card. */
function checkDigit(position, digits) {
  let product = 10;
  for (const digit of String(position).padStart(2, "0") + digits.slice(0, 3)) {
    product = (product + Number(digit)) % 10 || 10;
    product = (product * 2) % 11;
  }
  return String((11 - product) % 10);
}

export const animalOf = (card) => animals.find((animal) => animal.code === card?.replace(/\d+$/, ""));

/** "VOI4821" from a QR code or typed by hand → {animal, digits}, or undefined when it is no card. */
export function readCard(text) {
  const [, letters, digits] = /^([A-Z]{2,8})\s?(\d{4})$/.exec((text ?? "").trim().toUpperCase()) ?? [];
  const animal = animals.find((one) => one.code === letters);
  return animal && { animal, digits };
}

/** The card in a text, "VOI4821"; undefined when it is none or its check digit is wrong. */
export function cardOf(text) {
  const { animal, digits } = readCard(text) ?? {};
  return animal && checkDigit(animal.position, digits) === digits[3] ? animal.code + digits : undefined;
}

const animalName = (animal) => animal[spoken()] ?? animal.vi;

/** The four digits of a card with this animal; `complete` as for the keypad. */
export const digitsScreen = (animal, complete, ...below) =>
  screen(
    "digits",
    t("card.digits.title"),
    h("p", { class: "animal-chosen" }, emoji(animal.emoji), h("strong", READ, animalName(animal))),
    keypad({ length: 4, label: t("card.digits.label"), name: "card", complete }),
    h("div", { class: "choices-below" }, ...below),
  );

/** Which animal is on the card; `done(card)` with "VOI4821", or null for a child without a card. `show(build)` shows a screen. */
export function cardScreen(suggested, show, done) {
  const without = () =>
    button(t("card.none"), () => done(null), "button--quiet button--wide", { "data-card": "none", ...READ });

  const digitsOf = (animal) =>
    show(() =>
      digitsScreen(
        animal,
        (digits) => {
          if (checkDigit(animal.position, digits) !== digits[3]) return t("card.wrong");
          done(animal.code + digits);
          return undefined;
        },
        button(t("card.other-animal"), animalChoice, "button--quiet"),
        without(),
      ),
    );

  const confirm = ({ animal, digits }) =>
    show(() =>
      screen(
        "card-found",
        t("card.yours"),
        h(
          "p",
          { class: "card-shown" },
          emoji(animal.emoji),
          h("strong", {}, `${animal.code} ${digits}`),
          h("span", READ, animalName(animal)),
        ),
        h(
          "div",
          { class: "choices-below" },
          button(t("card.yours.yes"), () => done(animal.code + digits), "button--main button--wide", READ),
          button(t("card.yours.no"), animalChoice, "button--wide", READ),
        ),
      ),
    );

  const animalChoice = () =>
    show(() =>
      screen(
        "animals",
        t("card.title"),
        lead("card.lead"),
        without(),
        h(
          "div",
          { class: "animals" },
          ...animals.map((animal) =>
            h(
              "button",
              { type: "button", class: "animal", "data-animal": animal.code, onclick: () => digitsOf(animal) },
              emoji(animal.emoji),
              h("span", {}, animalName(animal)),
            ),
          ),
        ),
      ),
    );

  const found = readCard(suggested);
  if (!found) animalChoice();
  else if (checkDigit(found.animal.position, found.digits) === found.digits[3]) confirm(found);
  else digitsOf(found.animal);
}

/** Of the wording below: a tablet without a network may show an older one than the server knows of. */
export const ASSENT_VERSION = 2;

/** What it is about, who sees it, that she may skip and stop; then her own choice. */
export function assentScreen(consultation, title, done) {
  const adult = consultation.kind === "community_survey";
  const key = (name) => t(adult ? `assent.adult.${name}` : `assent.${name}`);
  const place = [consultation.school, consultation.commune?.name].filter(Boolean).join(", ");
  const point = (sign, text) => h("li", {}, emoji(sign), h("span", READ, text));
  return screen(
    "assent",
    key("title"),
    h("p", { class: "topic" }, h("strong", READ, title), place && h("span", READ, place)),
    h(
      "ul",
      { class: "points", role: "list" },
      point("💬", key("about")),
      point("🔒", key("who")),
      point("⏭️", key("skip")),
      point("🌱", key("after")),
    ),
    h(
      "p",
      { class: "points__hotline" },
      h("span", { "data-aloud": `${key("hotline")} 111` }, key("hotline")),
      " ",
      hotline(),
    ),
    h(
      "div",
      { class: "choices-below" },
      button(key("yes"), () => done(true), "button--main button--wide", { "data-assent": "yes", ...READ }),
      button(key("no"), () => done(false), "button--wide", { "data-assent": "no", ...READ }),
    ),
  );
}

/** What stands for this child on the screen: her card's animal, or a star for all who have no card. */
export const signOf = (card) => animalOf(card)?.emoji ?? "🌟";

/** Half-done drafts of this tablet: only the animal or the time says whose they are, never an answer. */
export function gateScreen(drafts, resume, anew) {
  const who = (one) => {
    const animal = animalOf(one.card);
    if (animal) return animalName(animal);
    return new Date(one.started_at).toLocaleTimeString(spoken(), { hour: "2-digit", minute: "2-digit" });
  };
  const offer = (one) =>
    h(
      "button",
      { type: "button", class: "button button--wide", "data-continue": one.id, onclick: () => resume(one) },
      emoji(animalOf(one.card)?.emoji ?? "🕘"),
      h("span", READ, t("gate.continue", { who: who(one) })),
    );
  return screen(
    "gate",
    t("gate.title"),
    lead("gate.lead"),
    h(
      "div",
      { class: "choices-below" },
      drafts.slice(0, 6).map(offer),
      button(t("gate.anew"), anew, "button--main button--wide", { "data-anew": "", ...READ }),
    ),
  );
}

/** Done. The receipt is the child's only handle to her answers: large, and in two halves that are easy to copy. */
export const thanksScreen = (receipt, card, next) =>
  screen(
    "thanks",
    t("thanks.title"),
    h("p", { class: "cheer" }, emoji(signOf(card)), emoji("🎉")),
    lead("thanks.lead"),
    h("p", { class: "sending", id: "sending", role: "status", ...READ }),
    h(
      "div",
      { class: "receipt" },
      h("span", READ, t("thanks.receipt")),
      h(
        "strong",
        { "data-receipt": receipt, "data-aloud": [...receipt].join(", ") },
        h("span", {}, receipt.slice(0, 5)),
        " ",
        h("span", {}, receipt.slice(5)),
      ),
      h("span", { class: "receipt__why", ...READ }, t("thanks.receipt.why")),
    ),
    h("p", { class: "points__hotline" }, h("span", {}, t("thanks.hotline")), " ", hotline()),
    h("div", { class: "choices-below" }, next),
  );

const END_SIGNS = { refused: "🌼", kept: "🌱", deleted: "🌼" };

export const endScreen = (how, next) =>
  screen(
    how,
    t(`${how}.title`),
    h("p", { class: "cheer" }, emoji(END_SIGNS[how])),
    lead(`${how}.lead`),
    h("p", { class: "points__hotline" }, hotline()),
    h("div", { class: "choices-below" }, next),
  );

/** Whom to ask and what to say: to the teacher here, to the hotline for what hurts. */
export function openHelp() {
  const point = (sign, key) => h("li", {}, emoji(sign), h("span", READ, t(key)));
  askAloud("help.title", (close) => [
    h(
      "ul",
      { class: "points", role: "list" },
      point("✋", "help.teacher"),
      point("💬", "help.words"),
      point("⏭️", "help.skip"),
    ),
    h(
      "div",
      { class: "call" },
      h(
        "p",
        { class: "points__hotline" },
        h("span", { "data-aloud": `${t("help.hotline")} 111` }, t("help.hotline")),
        " ",
        hotline(),
      ),
      h("p", READ, t("help.call")),
      h("p", { class: "call__words", ...READ }, t("help.call.words")),
      h("p", READ, t("help.call.name")),
    ),
    button(t("help.close"), close, "button--main button--wide"),
  ]);
}

/** Stopping is a right: no question why, but deleting asks once more, because a thumb slips. */
export function askToStop(keepForLater, deleteAnswers) {
  askAloud("stop.title", (close) => {
    const then = (act) => () => {
      close();
      act();
    };
    const first = lead("stop.lead");
    const place = h("div", { class: "choices-below" });
    const sure = () => {
      first.remove();
      place.replaceChildren(
        h("p", { class: "lead", tabindex: "-1" }, t("stop.sure")),
        button(t("stop.delete.no"), close, "button--main button--wide"),
        button(t("stop.delete.yes"), then(deleteAnswers), "button--wide", { "data-stop": "delete-yes" }),
      );
      place.firstChild.focus();
    };
    place.append(
      button(t("stop.go-on"), close, "button--main button--wide", READ),
      button(t("stop.keep"), then(keepForLater), "button--wide", { "data-stop": "keep", ...READ }),
      button(t("stop.delete"), sure, "button--wide button--quiet", { "data-stop": "delete", ...READ }),
    );
    return [first, place];
  });
}

/** The languages of a questionnaire, to change to at any time. */
export function askLanguage(languages, done) {
  ask("language.title", (close) => [
    h(
      "div",
      { class: "languages" },
      languages.map((code) =>
        h(
          "button",
          {
            type: "button",
            class: "language",
            lang: code,
            "data-to-language": code,
            "aria-current": code === spoken() && "true",
            onclick: () => (close(), done(code)),
          },
          h("strong", {}, LANGUAGES[code]),
        ),
      ),
    ),
  ]);
}

/**
 * A thumb slips: before something goes for good she is asked once more. The texts are `key`.title, .no and .yes; `mark` marks
 * the button that does it; `said` stands under the title.
 */
export const askBefore = (key, act, mark, said) =>
  askAloud(`${key}.title`, (close) => [
    ...(said ? [said] : []),
    h(
      "div",
      { class: "choices-below" },
      button(t(`${key}.no`), close, "button--main button--wide", READ),
      button(t(`${key}.yes`), () => (close(), act()), "button--wide", { ...mark, ...READ }),
    ),
  ]);

export const askToRemove = (remove) =>
  askBefore("review.remove", remove, { "data-remove-yes": "" }, lead("review.remove.lead"));

/**
 * All answers at a glance. `ways` has childAt(screen): what questions.js needs to know there; edit(screen name): back to one;
 * remove(repeat name, index): a time of a repeat away; send: the last step.
 */
export function reviewScreen(screens, ways) {
  const row = (one, node, child) => {
    const asked = words(node.label, child.language, child.questionnaire, child.answers);
    const more = { "aria-label": `${t("review.edit")}: ${asked}`, "data-edit": node.name };
    return h(
      "li",
      { class: isEmpty(child.answers[node.name]) ? "review__row is-skipped" : "review__row" },
      h("div", READ, h("p", { class: "review__asked" }, asked), " ", answerShown(node, child)),
      button(t("review.edit"), () => ways.edit(one.name), "button--small", more),
    );
  };
  let time;
  const rows = (one) => {
    const child = ways.childAt(one);
    const own = one.nodes.filter((node) => node.type !== "note").map((node) => row(one, node, child));
    const before = time;
    time = one.repeat && `${one.repeat.node.name}/${one.repeat.index}`;
    return [time && time !== before && timeRow(one, child), ...own, one.more && addRow(one)];
  };
  const timeRow = ({ repeat: { node, index } }, child) =>
    h(
      "li",
      { class: "review__time" },
      h(
        "h2",
        READ,
        turn({ node, index }, (text) => words(text, child.language, child.questionnaire, child.answers)),
      ),
      !node.count &&
        button(t("review.remove"), () => askToRemove(() => ways.remove(node.name, index)), "button--small", {
          "data-remove-time": `${node.name}/${index}`,
          "aria-label": `${t("review.remove")}: ${t("review.time", { n: index + 1 })}`,
        }),
    );
  const addRow = (one) =>
    h(
      "li",
      { class: "review__time" },
      button(t("review.add"), () => ways.edit(one.name), "button--wide button--quiet", { "data-edit": one.name }),
    );
  return screen(
    "review",
    t("review.title"),
    lead("review.lead"),
    h("ol", { class: "review", role: "list" }, screens.flatMap(rows).filter(Boolean)),
    h(
      "nav",
      { class: "ways", "aria-label": t("question.ways") },
      button(t("question.back"), () => ways.edit(screens[screens.length - 1]?.name), "", { "data-way": "back" }),
      button(t("review.send"), ways.send, "button--main", { "data-way": "send", ...READ }),
    ),
  );
}
