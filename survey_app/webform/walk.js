/**
 * The way through a questionnaire: its screens for these answers, what is missing on one, how an answer reads.
 * Pure but for `given`, the child's own answers.
 */

import { clock, evaluate, number, text, truth, wall, wordsOf } from "./expression.js?v={{version}}";

const WITHOUT_SCREEN = new Set(["calculate", "hidden", "start", "end", "today", "deviceid"]);

const MAX_TIMES = 200;
/** Answers can depend on later ones: how often we look again. */
const ROUNDS = 50;
/** {questionnaire, language, seed, position}; a symbol is neither sent nor stored. */
const ASIDE = Symbol();

export const isEmpty = (value) =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

function worth(tree, answers, self, row) {
  const { questionnaire, language, position } = answers[ASIDE] ?? {};
  const label = (question, name) => {
    const { choices } = (questionnaire && find(questionnaire.nodes, question)) ?? {};
    return inLanguage(choiceOf(questionnaire, choices, name)?.label, language, questionnaire);
  };
  return evaluate(tree, { answers, self, row, now: new Date(), position, label });
}

const holds = (tree, answers, self, row) => truth(worth(tree, answers, self, row));

const isOneScreen = (node) => node.appearance?.includes("field-list");
const isDrawn = (node) => node.appearance?.some((one) => one === "draw" || one === "signature");
const isCalculated = (node) => !!node.calculation && !node.trigger;
const keepsItself = (tree) => tree.fn === "once" || tree.args?.some(keepsItself);

/**
 * What counts now: {screens, answers}. A screen is {name, nodes, group?, repeat?: {node, index}, more?: repeat}; answers
 * are the relevant ones, calculated ones included. meta: {start, end, today, deviceid, language, photos, seed}.
 * What is worked out once, and the beginning of a time of a repeat, goes into `given`, too.
 */
export function lay(questionnaire, given, meta = {}) {
  const { language, seed } = meta;
  const live = { ...given, [ASIDE]: { questionnaire, language, seed } };
  // How often each repeat is asked is worked out: until then there is none of it.
  for (const { type, name } of every(questionnaire.nodes)) if (type === "repeat") delete live[name];
  let state = { changed: true };
  for (let round = 0; round < ROUNDS && state.changed; round += 1) {
    state = { meta, screens: [], kept: [], changed: false };
    pass(questionnaire.nodes, { given, own: live, live, at: "" }, state);
  }
  for (const [at, name, value] of state.kept) at[name] = value;
  return { screens: state.screens.filter((one) => one.nodes.length || one.more), answers: live };
}

function begin({ at, repeat }, { screens }, name, nodes, group) {
  const screen = { name: (at + name).replace(/\/$/, ""), nodes, group, repeat };
  screens.push(screen);
  return screen;
}

/** here: what was given at a place of the form, what counts of it (own), all that is seen from it (live). */
function pass(nodes, here, state, together) {
  for (const node of nodes) {
    const refused = node.type === "image" && !isDrawn(node) && !state.meta.photos;
    if (refused || (node.relevant && !holds(node.relevant, here.live))) {
      forget(node, here, state);
    } else if (node.type === "repeat") {
      passTimes(node, here, state);
    } else if (node.type === "group") {
      pass(
        node.children,
        here,
        state,
        together ?? (isOneScreen(node) ? begin(here, state, node.name, [], node) : undefined),
      );
    } else {
      settle(node, here, state);
      if (WITHOUT_SCREEN.has(node.type)) continue;
      if (together) together.nodes.push(node);
      else begin(here, state, node.name, [node]);
    }
  }
}

function passTimes(node, { given, live }, state) {
  const { name } = node;
  const before = live[name] ?? [];
  const wanted = node.count ? Math.trunc(number(worth(node.count, live))) || 0 : (given[name]?.length ?? 0);
  const all = Math.min(Math.max(wanted, 0), MAX_TIMES);
  if (before.length !== all) state.changed = true;
  live[name] = before.slice(0, all);
  if (all) given[name] ??= [];
  for (let index = 0; index < all; index += 1) {
    given[name][index] ??= started(node.children, within(live, node, index));
    const own = (live[name][index] ??= { ...given[name][index] });
    const at = `${name}/${index}/`;
    const here = { given: given[name][index], own, live: within(live, node, index), at, repeat: { node, index } };
    pass(node.children, here, state, isOneScreen(node) ? begin(here, state, "", [], node) : undefined);
  }
  if (!all) delete live[name];
  if (!node.count && all < MAX_TIMES) state.screens.push({ name: `${name}/more`, nodes: [], more: node });
}

const within = (answers, { name }, index) => ({
  ...answers,
  ...answers[name]?.[index],
  [ASIDE]: { ...answers[ASIDE], position: index + 1 },
});

function forget(node, here, state) {
  write(node.name, undefined, here, state);
  for (const child of node.children ?? []) forget(child, here, state);
}

function settle(node, here, state) {
  const { given, live } = here;
  let value = given[node.name];
  if (isCalculated(node)) {
    value = fit(node, worth(node.calculation, live, value));
    if (keepsItself(node.calculation)) state.kept.push([given, node.name, value]);
  } else if (node.type in state.meta) value = state.meta[node.type];
  else if (node.type === "hidden") value ??= node.default;
  else if (node.choice_filter && !isEmpty(value)) {
    const offered = new Set(choicesOf(live[ASIDE].questionnaire, node, live).map((one) => one.name));
    value = Array.isArray(value) ? value.filter((name) => offered.has(name)) : offered.has(value) ? value : undefined;
  }
  write(node.name, value, here, state);
}

function write(name, value, { own, live }, state) {
  if (String(own[name] ?? "") !== String(value ?? "")) state.changed = true;
  if (isEmpty(value)) {
    delete own[name];
    delete live[name];
  } else own[name] = live[name] = value;
}

function fit({ type }, value) {
  if (typeof value === "number" && !Number.isFinite(value)) return "";
  if (type === "date") return wall(value).slice(0, 10);
  if (type === "time") return clock(value);
  if (type === "select_multiple" || type === "rank") return wordsOf(value);
  if (["integer", "decimal", "range"].includes(type)) return Number.isFinite(number(value)) ? number(value) : "";
  return typeof value === "number" && ["calculate", "hidden"].includes(type) ? value : text(value);
}

/** What is answered before the child does; a repeat's defaults come with each of its times. */
export const defaults = (questionnaire) => started(questionnaire.nodes, { [ASIDE]: { questionnaire } });

function started(nodes, live, into = {}) {
  for (const node of nodes) {
    const value = node.initial ? fit(node, worth(node.initial, live)) : node.default;
    if (!isEmpty(value)) into[node.name] = live[node.name] = value;
    if (node.type === "group") started(node.children, live, into);
  }
  return into;
}

/** The answers as this screen sees them: with those of its own time of a repeat. */
export const scope = (questionnaire, answers, screen) =>
  screen?.repeat
    ? within({ [ASIDE]: { questionnaire }, ...answers }, screen.repeat.node, screen.repeat.index)
    : answers;

/** Writes an answer of this screen; undefined takes it back. */
export function put(given, screen, name, value) {
  const { node, index } = screen?.repeat ?? {};
  const at = node ? ((given[node.name] ??= [])[index] ??= {}) : given;
  if (isEmpty(value)) delete at[name];
  else at[name] = value;
}

/** The next lay begins it, with its defaults. */
export function addTime(given, name) {
  (given[name] ??= []).push(null);
}

export const removeTime = (given, name, index) => given[name]?.splice(index, 1);

/** After an answer to `name`: works out what it triggers, and what that triggers. */
export function triggered(questionnaire, given, screen, name, meta) {
  for (const node of every(questionnaire.nodes)) {
    if (!node.trigger?.includes(name)) continue;
    const seen = scope(questionnaire, lay(questionnaire, given, meta).answers, screen);
    put(given, screen, node.name, node.calculation && fit(node, worth(node.calculation, seen, seen[node.name])));
    triggered(questionnaire, given, screen, node.name, meta);
  }
}

/** All nodes in the order of the form, a group before what is in it. */
export const every = (nodes) => nodes.flatMap((node) => [node, ...every(node.children ?? [])]);

/** What may be chosen now; where the form wants it, in the child's own order. */
export function choices(questionnaire, node, answers, seed = answers[ASIDE]?.seed) {
  const offered = choicesOf(questionnaire, node, answers);
  if (!node.randomize) return offered;
  const fixed = node.seed && Math.trunc(number(worth(node.seed, answers)));
  // “Other” is understood only after all the others.
  const isLast = (one) => one.name === "other" && one === offered[offered.length - 1];
  const mixed = offered.filter((one) => !isLast(one));
  return [...shuffled(mixed, Number.isFinite(fixed) ? fixed : hash(`${seed}/${node.name}`)), ...offered.filter(isLast)];
}

function choicesOf(questionnaire, node, answers) {
  const all = questionnaire.choices?.[node.choices] ?? [];
  if (!node.choice_filter) return all;
  return all.filter((choice) => holds(node.choice_filter, answers, undefined, { name: choice.name, ...choice.extra }));
}

const hash = (words) => [...words].reduce((sum, one) => (sum * 31 + one.codePointAt(0)) % 2147483647, 7);

/** ODK's randomize(). */
function shuffled(list, seed) {
  const result = [];
  let random = seed % 2147483647;
  if (random <= 0) random += 2147483646;
  list.forEach((one, index) => {
    random = (random * 16807) % 2147483647;
    const place = Math.floor(((random - 1) / 2147483646) * (index + 1));
    result[index] = result[place];
    result[place] = one;
  });
  return result;
}

export const isRequired = (node, answers) => !!node.required && holds(node.required, answers, answers[node.name]);

export const isReadOnly = (node, answers) =>
  isCalculated(node) || node.read_only === true || (!!node.read_only && holds(node.read_only, answers));

/** Why this question cannot be left so: undefined, {key} of a message, or {text} of the questionnaire's own. */
export function problem(node, answers) {
  const value = answers[node.name];
  if (isReadOnly(node, answers)) return undefined;
  if (isEmpty(value)) {
    if (!isRequired(node, answers)) return undefined;
    return node.required_message ? { text: node.required_message } : { key: "question.required" };
  }
  const { questionnaire } = answers[ASIDE] ?? {};
  if (node.type === "rank" && questionnaire && choicesOf(questionnaire, node, answers).length > value.length) {
    return { key: "question.rank" };
  }
  if (node.type === "time" && clock(value) !== value) return { key: "question.time" };
  if (notANumber(node, value)) return { key: "question.number" };
  if (!node.constraint || holds(node.constraint, answers, value)) return undefined;
  return node.constraint_message ? { text: node.constraint_message } : { key: "question.constraint" };
}

/** What was typed is no number, or one so large that its last digits are lost. */
function notANumber({ type }, value) {
  if (type === "integer") return !Number.isSafeInteger(value);
  return type === "decimal" && !(Math.abs(value) <= Number.MAX_SAFE_INTEGER && typeof value === "number");
}

const choiceOf = (questionnaire, list, name) => questionnaire?.choices?.[list]?.find((one) => one.name === name);

const inLanguage = (text, language, questionnaire) =>
  text?.[language] ?? text?.[questionnaire?.default_language] ?? Object.values(text ?? {})[0] ?? "";

/** A TEXT in this language, ${name} replaced by what was answered. */
export const words = (text, language, questionnaire, answers) =>
  inLanguage(text, language, questionnaire).replace(/\$\{\s*([^}\s]+)\s*\}/g, (_, name) => {
    const node = find(questionnaire.nodes, name);
    return node ? shown(node, language, questionnaire, answers) : "";
  });

export const find = (nodes, name) => every(nodes).find((node) => node.name === name);

/** How an answer reads to the child: labels of choices, dates as people write them. */
export function shown(node, language, questionnaire, answers) {
  const value = answers[node.name];
  if (isEmpty(value)) return "";
  if (node.choices) {
    return [value]
      .flat()
      .map((name, index) => {
        const choice = choiceOf(questionnaire, node.choices, name);
        const label = choice ? words(choice.label, language, questionnaire, {}) : name;
        return node.type === "rank" ? `${index + 1}. ${label}` : label;
      })
      .join(", ");
  }
  if (node.type === "date") return new Date(`${value}T00:00`).toLocaleDateString(language, { dateStyle: "long" });
  if (node.type === "repeat") return String(value.length);
  if (node.type === "audio") return "🎤";
  if (node.type === "image") return isDrawn(node) ? "🖍️" : "📷";
  if (typeof value === "number") return value.toLocaleString(language, { maximumFractionDigits: 6 });
  return node.type === "acknowledge" ? "✓" : String(value);
}

/** What can change on a screen by answering on it, as one text to compare. */
export function lookOfScreen({ questionnaire, language, answers }, screens, at) {
  const screen = screens.find((one) => one.name === at);
  const seen = scope(questionnaire, answers, screen);
  return JSON.stringify(
    (screen?.nodes ?? []).map((node) => [
      node.name,
      words(node.label, language, questionnaire, seen),
      choicesOf(questionnaire, node, seen).map((one) => one.name),
      isReadOnly(node, seen) && (seen[node.name] ?? true),
    ]),
  );
}
