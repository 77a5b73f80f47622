/**
 * How each type of question looks and is answered. Every control is a native input, so that keyboard, screen reader and
 * touch work as the tablet's maker meant them to; looks come from the stylesheet.
 */

import { button, emoji, h, svg, t } from "./page.js?v={{version}}";
import { choices, every, isEmpty, isReadOnly, isRequired, shown, words } from "./walk.js?v={{version}}";

/** Kinds of controls that few questionnaires have, each a module of its own with control(node, child, say). */
const RARE = {
  rank: () => import("./rank.js?v={{version}}"),
  draw: () => import("./draw.js?v={{version}}"),
  photo: () => import("./photo.js?v={{version}}"),
  audio: () => import("./voice.js?v={{version}}"),
  search: () => import("./lists.js?v={{version}}"),
  minimal: () => import("./lists.js?v={{version}}"),
  parts: () => import("./dates.js?v={{version}}"),
  repeat: () => import("./times.js?v={{version}}"),
  made: () => import("./made.js?v={{version}}"),
};
const loaded = {};

async function load(kind) {
  loaded[kind] ??= await RARE[kind]();
  return loaded[kind];
}

/** Fetches the modules that this questionnaire needs; what fails now is tried again when it is asked. */
export function needed({ nodes }) {
  const kinds = new Set(every(nodes).map((node) => (node.type === "repeat" ? "repeat" : look(node))));
  if (["draw", "photo", "audio"].some((kind) => kinds.has(kind))) kinds.add("made");
  return Promise.allSettled([...kinds].filter((kind) => kind in RARE).map(load));
}

/** What `make` builds of a rare module: at once when that is there, otherwise as soon as it comes. */
function rarely(kind, make) {
  if (loaded[kind]) return make(loaded[kind]);
  const place = h("div", { class: "coming" });
  load(kind).then(
    (module) => place.isConnected && place.replaceWith(make(module)),
    () => place.append(h("p", { class: "notice", role: "status" }, t("question.cannot"))),
  );
  return place;
}

/** A picture of the form, as soon as it is there. */
function picture(file, child, look) {
  const image = h("img", { class: look, alt: "" });
  Promise.resolve(child.media(file)).then(
    (address) => (image.src = address),
    () => image.remove(),
  );
  return image;
}

const aloud = (place) => ({ "data-aloud": "", "data-recordings": place });

/**
 * The question as an element. `child` is {questionnaire, language, answers (relevant ones), set(name, value), seed, media,
 * attachments, photosAllowed}; set with undefined takes the answer back. `heading` is "h1" when it stands alone on its screen.
 */
function question(node, child, heading) {
  const say = (text) => words(text, child.language, child.questionnaire, child.answers);
  const hint = say(node.hint);
  const fixed = node.type !== "note" && isReadOnly(node, child.answers);
  const described = [hint && `hint-${node.name}`, `error-${node.name}`].filter(Boolean).join(" ");
  return h(
    "fieldset",
    { class: `question question--${look(node)}`, "data-question": node.name, "aria-describedby": described },
    h(
      "legend",
      {},
      h(
        heading,
        { class: "question__title", id: `title-${node.name}`, tabindex: "-1", ...aloud(`question:${node.name}`) },
        say(node.label),
      ),
    ),
    hint && h("p", { class: "question__hint", id: `hint-${node.name}`, "data-aloud": "" }, hint),
    guide(node, say),
    // An image is part of what is asked; its words are in the label.
    node.image && picture(node.image, child, "question__image"),
    fixed ? fixedAnswer(node, child) : CONTROLS[look(node)](node, child, say),
    h("p", { class: "error", id: `error-${node.name}`, role: "alert" }),
  );
}

const fixedAnswer = (node, child) =>
  h("div", { class: "fixed", "data-aloud": "" }, isEmpty(child.answers[node.name]) ? "–" : answerShown(node, child));

/** Help for who asks for it. */
const guide = ({ guidance_hint: text }, say) =>
  text &&
  h(
    "details",
    { class: "guide" },
    h("summary", { class: "button button--round" }, "?", h("span", { class: "unseen" }, t("question.guide"))),
    h("p", { "data-aloud": "" }, say(text)),
  );

const LOOKS = ["faces", "picture-grid", "stars", "slider", "likert"];

/** Which control a node gets: its appearance where that fits its type, otherwise the plain one of the type. */
export function look(node) {
  const has = (...names) => node.appearance?.some((one) => names.includes(one));
  const wanted = LOOKS.find((one) => has(one));
  if (node.type.startsWith("select_")) {
    if (has("search", "autocomplete")) return "search";
    if (has("minimal")) return node.type === "select_one" ? "minimal" : "search";
    if (has("no-buttons")) return "picture-grid";
    if (node.type === "select_multiple") return wanted === "picture-grid" ? wanted : "list";
    return wanted && wanted !== "slider" ? wanted : "list";
  }
  if (node.type === "range" || node.type === "integer") {
    if (wanted === "stars" || (wanted === "faces" && node.parameters)) return wanted;
    if (node.type === "integer") return "integer";
    return wanted === "slider" || has("distress", "vertical", "no-ticks") || steps(node).length > 11
      ? "slider"
      : "numbers";
  }
  if (node.type === "image") return has("draw", "signature") ? "draw" : "photo";
  if (node.type === "date" && (has("no-calendar") || !datesAreNative())) return "parts";
  return node.type;
}

const datesAreNative = () => h("input", { type: "date" }).type === "date";

const rare = (kind) => (node, child, say) => rarely(kind, (module) => module.control(node, child, say));

const CONTROLS = {
  list: (node, child, say) => tiles(node, child, say, "tiles--list"),
  likert: (node, child, say) => tiles(node, child, say, "tiles--likert"),
  "picture-grid": (node, child, say) => tiles(node, child, say, "tiles--pictures"),
  search: (node, child, say) =>
    rarely("search", (module) => module.search(node, child, tiles(node, child, say, "tiles--list"))),
  minimal: rare("minimal"),
  faces: faces,
  stars: stars,
  numbers: (node, child) =>
    h(
      "div",
      { class: "tiles tiles--numbers" },
      options(node, child).map((one) => tile(node, child, one, h("span", { "data-aloud": "" }, one.label))),
    ),
  slider: slider,
  integer: stepper,
  decimal: stepper,
  date: moment,
  time: moment,
  parts: rare("parts"),
  text: writing,
  acknowledge: (node, child) =>
    h(
      "div",
      { class: "tiles tiles--list" },
      tile(
        node,
        child,
        { value: "OK", multiple: true, single: true },
        h("span", { class: "tile__label", "data-aloud": "" }, t("question.acknowledge")),
      ),
    ),
  rank: rare("rank"),
  draw: rare("draw"),
  photo: rare("photo"),
  audio: rare("audio"),
  note: () => undefined,
};

/** One thing to choose: {value, multiple?, single?} with what it shows. The input covers the whole tile. */
function tile(node, child, option, ...content) {
  const given = child.answers[node.name];
  const input = h("input", {
    type: option.multiple ? "checkbox" : "radio",
    name: node.name,
    id: `${node.name}-${option.value}`,
    checked: [given].flat().includes(option.value),
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

/** A hint that says itself that several may be chosen: a slow reader is not told twice. */
const SAYS_MANY = /nhiều|ច្រើន|several|many|more than one/i;

function tiles(node, child, say, look) {
  const multiple = node.type === "select_multiple";
  const columns = node.appearance
    ?.map((one) => /^(?:columns|(?:quick)?compact|horizontal)(?:-(\d+))?/.exec(one))
    .find(Boolean);
  const grid = h(
    "div",
    { class: `tiles ${columns && look === "tiles--list" ? "tiles--columns" : look}` },
    multiple &&
      !SAYS_MANY.test(say(node.hint)) &&
      h("p", { class: "tiles__many", "data-aloud": "" }, t("question.several")),
    choices(child.questionnaire, node, child.answers).map((choice) =>
      tile(
        node,
        child,
        { value: choice.name, multiple },
        choice.emoji && emoji(choice.emoji),
        choice.image && !choice.emoji && picture(choice.image, child, "tile__image"),
        h("span", { class: "tile__label", ...aloud(`choice:${node.choices}/${choice.name}`) }, say(choice.label)),
      ),
    ),
  );
  if (columns?.[1]) grid.style.setProperty("--columns", Math.min(columns[1], 6));
  return grid;
}

const steps = ({ parameters: { start = 1, end = 5, step = 1 } = {} }) =>
  Array.from({ length: Math.floor(Math.abs(end - start) / step + 1e-9) + 1 }, (_, i) =>
    Number((start + i * (end < start ? -step : step)).toFixed(6)),
  );

/** What can be chosen on a scale, be it a list of choices or a range of numbers: {value, label, emoji}. */
function options(node, child) {
  if (node.type !== "select_one") return steps(node).map((value) => ({ value, label: String(value) }));
  return choices(child.questionnaire, node, child.answers).map((choice) => ({
    value: choice.name,
    place: `choice:${node.choices}/${choice.name}`,
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
      tile(
        node,
        child,
        one,
        faceOrSign(mood[i], one),
        h("span", { class: "tile__label", ...aloud(one.place) }, one.label),
      ),
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
        h(
          "span",
          { class: named ? "tile__label" : "unseen", ...aloud(one.place) },
          named ? one.label : t("question.stars", { n: i + 1 }),
        ),
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
    min: Math.min(first, last),
    max: Math.max(first, last),
    step: node.parameters?.step ?? 1,
    "aria-labelledby": `title-${node.name}`,
    "aria-describedby": `error-${node.name}`,
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
      h("span", {}, String(Math.min(first, last))),
      h("span", {}, String(Math.max(first, last))),
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
    value: inField(child.answers[node.name], child),
    ...more,
    oninput: ({ target }) => child.set(node.name, target.value.trim() === "" ? undefined : parse(target.value)),
  });
}

/** The tablet's own calendar or clock, and in the child's words what it says: many a tablet writes the month first, or PM. */
function moment(node, child) {
  // Without a limit a calendar takes years of six digits.
  const input = field(node, child, { type: node.type, max: node.type === "date" && "9999-12-31" }, String);
  const said = h("output", { for: input.id });
  const draw = () => {
    const { [node.name]: given } = child.answers;
    said.textContent = isEmpty(given) ? "" : shown(node, child.language, child.questionnaire, child.answers);
  };
  input.addEventListener("input", draw);
  draw();
  return h("div", { class: "moment" }, input, said);
}

/** Vietnamese and Khmer have a decimal comma. */
const inField = (value, { language }) =>
  typeof value === "number" && language !== "en" ? String(value).replace(".", ",") : String(value ?? "");

/** Grows with what is written, so that all of it can be seen. */
function writing(node, child) {
  const numeric = node.appearance?.includes("numbers");
  if (numeric) return field(node, child, { type: "text", inputmode: "numeric" }, String);
  const rows = node.parameters?.rows ?? (node.appearance?.includes("multiline") ? 6 : 3);
  const area = field(node, child, { tag: "textarea", rows, maxlength: 4000, enterkeyhint: "enter" }, String);
  const grow = () => {
    if (area.scrollHeight > area.clientHeight) area.style.height = `${area.scrollHeight + 4}px`;
  };
  area.addEventListener("input", grow);
  setTimeout(grow);
  return area;
}

/** What a constraint like ". >= 7 and . <= 15" lets a number be: {min, max}. */
function bounds(tree, found = { min: 0, max: Infinity }) {
  const [one, { lit } = {}] = tree?.args ?? [];
  if (tree?.op === "and") tree.args.forEach((part) => bounds(part, found));
  else if (one?.self && typeof lit === "number") {
    if (tree.op === ">=") found.min = lit;
    if (tree.op === ">") found.min = lit + 1;
    if (tree.op === "<=") found.max = lit;
    if (tree.op === "<") found.max = lit - 1;
  }
  return found;
}

function stepper(node, child) {
  const isWhole = node.type === "integer";
  const input = field(node, child, { type: "text", inputmode: isWhole ? "numeric" : "decimal" }, number);
  const { min, max } = bounds(node.constraint);
  const by = isWhole ? 1 : 0.5;
  const move = (way) => {
    const before = Number(input.value.replace(",", "."));
    const after =
      input.value.trim() && Number.isFinite(before) ? before + way * by : Math.max(min, way > 0 && !min ? by : min);
    const value = Math.min(max, Math.max(min, Number(after.toFixed(6))));
    input.value = inField(value, child);
    child.set(node.name, value);
  };
  input.addEventListener("keydown", (event) => {
    const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    move(way);
  });
  const step = (sign, way, key) =>
    button(sign, () => move(way), "button--round", { id: `${node.name}${sign}`, "aria-label": t(key) });
  return h("div", { class: "stepper" }, step("−", -1, "question.less"), input, step("+", 1, "question.more"));
}

/** A line of the review: what was asked, what was answered. */
export function answerShown(node, child) {
  const value = child.answers[node.name];
  if (isEmpty(value)) return h("span", { class: "review__skipped" }, t("review.skipped"));
  if (node.type === "image" || node.type === "audio") return rarely("made", ({ made }) => made(node, child));
  if (node.type === "rank") {
    const label = (name) =>
      shown({ ...node, type: "select_one" }, child.language, child.questionnaire, { [node.name]: name });
    return h(
      "ol",
      { class: "review__order" },
      value.map((name) => h("li", {}, label(name))),
    );
  }
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

const MANY = 16;

/** The way as stepping stones; the child's own animal stands on the one she has come to. */
export function stones(here, all, sign) {
  return h(
    "div",
    {
      class: all > MANY ? "stones stones--many" : "stones",
      role: "img",
      "aria-label": t("question.of", { n: here + 1, of: all }),
    },
    Array.from({ length: all }, (_, i) =>
      h(
        "span",
        { class: i < here ? "stone is-past" : i === here ? "stone is-here" : "stone" },
        i === here ? emoji(sign) : "",
      ),
    ),
  );
}

/**
 * One screen of the questionnaire. `ways` has back (or false), skip(nodes) and next; where it asks for one more time of a
 * repeat, add and remove(index), too.
 */
export function questionScreen(now, child, path, ways) {
  const { questionnaire, language, answers } = child;
  const of = now.group ?? now.more;
  const say = (text) => words(text, language, questionnaire, answers);
  const title = of && (say(of.label) || (now.more && t("question.again")));
  const answerable = now.nodes.filter((node) => node.type !== "note" && !isReadOnly(node, answers));
  const optional = answerable.length > 0 && !answerable.some((node) => isRequired(node, answers));
  const nothing = h("span", {});
  return h(
    "section",
    { class: "screen screen--question", "data-screen": "question", "data-at": now.name },
    path,
    title && h("h1", { tabindex: "-1", ...aloud(`question:${of.name}`) }, title),
    now.repeat && h("p", { class: "lead turn" }, turn(now.repeat, say)),
    title && of.hint && h("p", { class: "lead", "data-aloud": "" }, say(of.hint)),
    of?.image && picture(of.image, child, "question__image"),
    now.nodes.map((node, i) => question(node, child, title || i ? "h2" : "h1")),
    now.more && rarely("repeat", ({ times }) => times(now.more, child, ways)),
    h(
      "nav",
      { class: "ways", "aria-label": t("question.ways") },
      ways.back ? button(t("question.back"), ways.back, "", { "data-way": "back" }) : nothing,
      optional && button(t("question.skip"), () => ways.skip(answerable), "button--quiet", { "data-way": "skip" }),
      button(t("question.next"), ways.next, "button--main", { "data-way": "next" }),
    ),
  );
}

/** Which time of a repeat this is, in words. */
export const turn = ({ node, index }, say) =>
  [say(node.label), t("review.time", { n: index + 1 })].filter(Boolean).join(" · ");
