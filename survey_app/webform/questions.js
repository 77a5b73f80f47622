/**
 * How each type of question looks and is answered. Every control is a native input, so that keyboard, screen reader and
 * touch work as the tablet's maker meant them to; looks come from the stylesheet.
 */

import { button, emoji, h, svg, t } from "./page.js?v={{version}}";
import { choices, isEmpty, isRequired, shown, words } from "./walk.js?v={{version}}";

/**
 * The question as an element. `child` is {questionnaire, language, answers (relevant ones), set(name, value)};
 * set with undefined takes the answer back. `heading` is "h1" when it stands alone on its screen.
 */
function question(node, child, heading) {
  const say = (text) => words(text, child.language, child.questionnaire, child.answers);
  const hint = say(node.hint);
  const described = [hint && `hint-${node.name}`, `error-${node.name}`].filter(Boolean).join(" ");
  return h(
    "fieldset",
    { class: `question question--${look(node)}`, "data-question": node.name, "aria-describedby": described },
    h(
      "legend",
      {},
      h(heading, { class: "question__title", id: `title-${node.name}`, tabindex: "-1" }, say(node.label)),
    ),
    hint && h("p", { class: "question__hint", id: `hint-${node.name}` }, hint),
    // An image is part of what is asked; its words are in the label.
    node.image && h("img", { class: "question__image", src: picture(node.image), alt: "" }),
    CONTROLS[look(node)](node, child, say),
    h("p", { class: "error", id: `error-${node.name}`, role: "alert" }),
  );
}

const LOOKS = ["faces", "picture-grid", "stars", "slider", "likert"];

/** Which control a node gets: its appearance where that fits its type, otherwise the plain one of the type. */
export function look(node) {
  const wanted = LOOKS.find((one) => node.appearance?.includes(one));
  if (node.type === "select_multiple") return wanted === "picture-grid" ? "picture-grid" : "list";
  if (node.type === "select_one") return wanted && wanted !== "slider" ? wanted : "list";
  if (node.type === "range" || node.type === "integer") {
    if (wanted === "stars" || (wanted === "faces" && node.parameters)) return wanted;
    if (node.type === "integer") return "integer";
    return wanted === "slider" || steps(node).length > 11 ? "slider" : "numbers";
  }
  return node.type;
}

const CONTROLS = {
  list: (node, child, say) => tiles(node, child, say, "tiles--list"),
  likert: (node, child, say) => tiles(node, child, say, "tiles--likert"),
  "picture-grid": (node, child, say) => tiles(node, child, say, "tiles--pictures"),
  faces: faces,
  stars: stars,
  numbers: (node, child) =>
    h(
      "div",
      { class: "tiles tiles--numbers" },
      options(node, child).map((one) => tile(node, child, one, one.label)),
    ),
  slider: slider,
  integer: stepper,
  decimal: (node, child) => field(node, child, { type: "text", inputmode: "decimal" }, number),
  date: (node, child) => field(node, child, { type: "date" }, String),
  text: (node, child) =>
    field(
      node,
      child,
      { tag: "textarea", rows: node.appearance?.includes("multiline") ? 6 : 3, maxlength: 4000 },
      String,
    ),
  acknowledge: (node, child) =>
    h(
      "div",
      { class: "tiles tiles--list" },
      tile(node, child, { value: "OK", multiple: true, single: true }, t("question.acknowledge")),
    ),
  note: () => undefined,
};

const picture = (file) => `/webform/media/${encodeURIComponent(file)}`;

/** One thing to choose: {value, multiple?, single?} with what it shows. The input covers the whole tile. */
function tile(node, child, option, ...content) {
  const given = child.answers[node.name];
  const input = h("input", {
    type: option.multiple ? "checkbox" : "radio",
    name: node.name,
    id: `${node.name}-${option.value}`,
    checked: [given].flat().includes(option.value),
    disabled: node.read_only,
    onchange: () => {
      if (!option.multiple) return child.set(node.name, option.value);
      if (option.single) return child.set(node.name, input.checked ? option.value : undefined);
      const boxes = [...input.closest(".tiles").querySelectorAll("input")];
      const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
      return child.set(node.name, chosen.length ? chosen : undefined);
    },
  });
  input.setAttribute("value", option.value);
  return h("label", { class: "tile" }, input, ...content, h("span", { class: "tile__mark", "aria-hidden": "true" }));
}

function tiles(node, child, say, look) {
  const multiple = node.type === "select_multiple";
  return h(
    "div",
    { class: `tiles ${look}` },
    multiple && !node.hint && h("p", { class: "tiles__many" }, t("question.several")),
    choices(child.questionnaire, node, child.answers).map((choice) =>
      tile(
        node,
        child,
        { value: choice.name, multiple },
        choice.emoji && emoji(choice.emoji),
        choice.image && !choice.emoji && h("img", { class: "tile__image", src: picture(choice.image), alt: "" }),
        h("span", { class: "tile__label" }, say(choice.label)),
      ),
    ),
  );
}

const steps = ({ parameters: { start = 1, end = 5, step = 1 } = {} }) =>
  Array.from({ length: Math.floor((end - start) / step + 1e-9) + 1 }, (_, i) => Number((start + i * step).toFixed(6)));

/** What can be chosen on a scale, be it a list of choices or a range of numbers: {value, label, emoji}. */
function options(node, child) {
  if (node.type !== "select_one") return steps(node).map((value) => ({ value, label: String(value) }));
  return choices(child.questionnaire, node, child.answers).map((choice) => ({
    value: choice.name,
    emoji: choice.emoji,
    label: words(choice.label, child.language, child.questionnaire, child.answers),
  }));
}

const MOODS = ["😭😢😞😡☹😠", "🙁😟😕😔", "😐😶😑", "🙂😊☺😌", "😀😃😄😁😍🤩😆"];

/**
 * From -1 (very sad) to 1 (very happy): what the choice's emoji says; undefined where it is no face ("I do not know").
 * Where no choice has an emoji, the saddest comes first.
 */
function moods(list) {
  if (!list.some((one) => one.emoji))
    return list.map((_, i) => (list.length > 1 ? (2 * i) / (list.length - 1) - 1 : 0));
  const level = ({ emoji: sign = "" }) => MOODS.findIndex((row) => sign && row.includes([...sign][0]));
  return list.map((one) => (level(one) < 0 ? undefined : level(one) / 2 - 1));
}

const faceOrSign = (mood, one) =>
  mood === undefined
    ? h("span", { class: "face face--sign emoji", "aria-hidden": "true" }, one.emoji ?? "")
    : face(mood);

function faces(node, child) {
  const list = options(node, child);
  const mood = moods(list);
  return h(
    "div",
    { class: "tiles tiles--faces" },
    list.map((one, i) =>
      tile(node, child, one, faceOrSign(mood[i], one), h("span", { class: "tile__label" }, one.label)),
    ),
  );
}

/** A face of our own, so that it is the same on every tablet; mouth, eyes and brows tell the mood, not the colour alone. */
export function face(mood) {
  const corner = 66 - mood * 6;
  const bend = 66 + mood * 20;
  const mouth =
    mood > 0.8
      ? svg("path", { d: "M28 58 Q50 64 72 58 Q68 84 50 84 Q32 84 28 58 Z", class: "face__open" })
      : svg("path", { d: `M31 ${corner} Q50 ${bend} 69 ${corner}`, class: "face__line" });
  const eyes =
    mood > 0.8
      ? svg("path", { d: "M26 43 Q34 32 42 43 M58 43 Q66 32 74 43", class: "face__line" })
      : svg(
          "g",
          { class: "face__eyes" },
          svg("circle", { cx: 35, cy: 42, r: 5.5 }),
          svg("circle", { cx: 65, cy: 42, r: 5.5 }),
        );
  const brows =
    mood < -0.3 ? [svg("path", { d: "M24 32 L40 26 M76 32 L60 26", class: "face__line face__line--thin" })] : [];
  const tear = mood < -0.8 ? [svg("path", { d: "M70 50 q7 10 0 14 q-7 -4 0 -14 Z", class: "face__tear" })] : [];
  const level = Math.round((mood + 1) * 2);
  return svg(
    "svg",
    { viewBox: "0 0 100 100", class: `face face--${level}`, "aria-hidden": "true", focusable: "false" },
    svg("circle", { cx: 50, cy: 50, r: 46, class: "face__skin" }),
    ...brows,
    eyes,
    mouth,
    ...tear,
  );
}

function stars(node, child) {
  const list = options(node, child);
  const named = node.type === "select_one";
  const row = h(
    "div",
    { class: "tiles tiles--stars" },
    list.map((one, i) =>
      tile(
        node,
        child,
        one,
        star(),
        h("span", { class: named ? "tile__label" : "unseen" }, named ? one.label : t("question.stars", { n: i + 1 })),
      ),
    ),
  );
  const light = () => {
    const upTo = list.findIndex((one) => one.value === child.answers[node.name]);
    [...row.children].forEach((element, i) => element.classList.toggle("is-lit", i <= upTo));
  };
  row.addEventListener("change", light);
  light();
  return row;
}

const star = () =>
  svg(
    "svg",
    { viewBox: "0 0 24 24", class: "star", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: "M12 2.6l2.9 6 6.6.9-4.8 4.6 1.2 6.5L12 17.5l-5.9 3.1 1.2-6.5L2.5 9.5l6.6-.9z" }),
  );

function slider(node, child) {
  const all = steps(node);
  const [first, last] = [all[0], all[all.length - 1]];
  const given = child.answers[node.name];
  const output = h(
    "output",
    { class: "slider__value", for: `${node.name}-slider` },
    isEmpty(given) ? "…" : String(given),
  );
  const input = h("input", {
    type: "range",
    id: `${node.name}-slider`,
    class: isEmpty(given) ? "slider__input is-untouched" : "slider__input",
    min: first,
    max: last,
    step: node.parameters?.step ?? 1,
    "aria-labelledby": `title-${node.name}`,
    disabled: node.read_only,
  });
  input.value = given ?? all[Math.floor(all.length / 2)];
  const answer = () => {
    input.classList.remove("is-untouched");
    output.value = input.value;
    child.set(node.name, Number(input.value));
  };
  input.addEventListener("input", answer);
  // A tap exactly where the thumb rests is an answer, too, and so is Enter on it.
  input.addEventListener("pointerup", answer);
  input.addEventListener("keydown", (event) => event.key === "Enter" && answer());
  return h(
    "div",
    { class: "slider" },
    output,
    input,
    h(
      "div",
      { class: "slider__ends", "aria-hidden": "true" },
      h("span", {}, String(first)),
      h("span", {}, String(last)),
    ),
  );
}

const number = (typed) => {
  const value = Number(typed.replace(",", ".").trim());
  return Number.isFinite(value) ? value : typed;
};

/** A field to write into. What is no number stays text, so that checking can say so instead of losing it. */
function field(node, child, { tag = "input", ...more }, parse) {
  return h(tag, {
    class: "field",
    id: `${node.name}-field`,
    name: node.name,
    autocomplete: "off",
    spellcheck: "false",
    "aria-labelledby": `title-${node.name}`,
    "aria-describedby": `error-${node.name}`,
    readonly: node.read_only,
    value: shownInField(child.answers[node.name]),
    ...more,
    oninput: ({ target }) => child.set(node.name, target.value.trim() === "" ? undefined : parse(target.value)),
  });
}

const shownInField = (value) => (isEmpty(value) ? "" : String(value));

function stepper(node, child) {
  const input = field(node, child, { type: "text", inputmode: "numeric" }, number);
  const move = (by) => {
    const before = Number(input.value) || 0;
    const after = Math.max(node.parameters?.start ?? 0, Math.trunc(before) + by);
    input.value = String(after);
    child.set(node.name, after);
  };
  return h(
    "div",
    { class: "stepper" },
    button("−", () => move(-1), "button--round", { "aria-label": t("question.less"), disabled: node.read_only }),
    input,
    button("+", () => move(1), "button--round", { "aria-label": t("question.more"), disabled: node.read_only }),
  );
}

/** Numbers that are none: found before the questionnaire's own constraint sees them. */
export function notANumber(node, value) {
  if (isEmpty(value)) return false;
  if (node.type === "integer") return !Number.isInteger(value);
  return node.type === "decimal" && typeof value !== "number";
}

/** A line of the review: what was asked, what was answered. */
export function answerShown(node, child) {
  const value = child.answers[node.name];
  if (isEmpty(value)) return h("span", { class: "review__skipped" }, t("review.skipped"));
  const sign = choices(child.questionnaire, node, child.answers).filter(
    (one) => [value].flat().includes(one.name) && one.emoji,
  );
  if (look(node) === "faces") {
    const list = options(node, child);
    const index = list.findIndex((one) => one.value === value);
    return h(
      "span",
      { class: "review__answer" },
      index >= 0 && faceOrSign(moods(list)[index], list[index]),
      shown(node, child.language, child.questionnaire, child.answers),
    );
  }
  const text =
    look(node) === "stars" && typeof value === "number"
      ? t("question.stars", { n: value })
      : shown(node, child.language, child.questionnaire, child.answers);
  return h(
    "span",
    { class: "review__answer" },
    sign.slice(0, 6).map((one) => emoji(one.emoji)),
    text,
  );
}

/** The way as stepping stones; the child's own animal stands on the one she has come to. */
export function stones(here, all, sign) {
  return h(
    "div",
    { class: "stones", role: "img", "aria-label": t("question.of", { n: here + 1, of: all }) },
    Array.from({ length: all }, (_, i) =>
      h(
        "span",
        { class: i < here ? "stone is-past" : i === here ? "stone is-here" : "stone" },
        i === here ? emoji(sign) : "",
      ),
    ),
  );
}

/** One screen of the questionnaire. `ways` has back (or false), skip(nodes) and next. */
export function questionScreen(now, child, path, ways) {
  const { questionnaire, language, answers } = child;
  const title = now.group && words(now.group.label, language, questionnaire, answers);
  const answerable = now.nodes.filter((node) => node.type !== "note" && !node.read_only);
  const optional = answerable.length > 0 && !answerable.some((node) => isRequired(node, answers));
  const nothing = h("span", {});
  return h(
    "section",
    { class: "screen screen--question", "data-screen": "question", "data-at": now.name },
    path,
    title && h("h1", { tabindex: "-1" }, title),
    now.nodes.map((node) => question(node, child, title ? "h2" : "h1")),
    h(
      "nav",
      { class: "ways", "aria-label": t("question.ways") },
      ways.back ? button(t("question.back"), ways.back, "", { "data-way": "back" }) : nothing,
      optional && button(t("question.skip"), () => ways.skip(answerable), "button--quiet", { "data-way": "skip" }),
      button(t("question.next"), ways.next, "button--main", { "data-way": "next" }),
    ),
  );
}
