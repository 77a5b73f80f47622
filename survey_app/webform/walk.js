/**
 * The way through a questionnaire: which screens it has for these answers, what is still missing on one, and how
 * an answer reads. Pure: knows neither the page nor the tablet.
 */

import { evaluate, truth } from "./expression.js?v={{version}}";

const WITHOUT_SCREEN = new Set(["calculate", "hidden", "start", "end", "today", "deviceid"]);

/** How many times answers that depend on later ones are looked at again before we stop. */
const ROUNDS = 4;

export const isEmpty = (value) =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

const holds = (tree, answers, self, row) => truth(evaluate(tree, { answers, self, row, now: new Date() }));

/**
 * What counts now: {screens, answers}. A screen is {name, nodes, group?}; answers holds only relevant ones, calculated
 * ones included. `meta` gives {start, end, today, deviceid}.
 */
export function lay(questionnaire, given, meta = {}) {
  let live = { ...given };
  let screens = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = JSON.stringify(live);
    screens = [];
    live = pass(questionnaire.nodes, given, { ...live }, meta, screens, undefined);
    if (JSON.stringify(live) === before) break;
  }
  return { screens, answers: live };
}

function pass(nodes, given, live, meta, screens, together) {
  for (const node of nodes) {
    if (node.relevant && !holds(node.relevant, live)) {
      forget(node, live);
    } else if (node.type === "group") {
      const oneScreen =
        together ?? (node.appearance?.includes("field-list") ? { name: node.name, nodes: [], group: node } : undefined);
      pass(node.children ?? [], given, live, meta, screens, oneScreen);
      if (oneScreen && oneScreen !== together && oneScreen.nodes.length) screens.push(oneScreen);
    } else {
      settle(node, given, live, meta);
      if (WITHOUT_SCREEN.has(node.type)) continue;
      if (together) together.nodes.push(node);
      else screens.push({ name: node.name, nodes: [node] });
    }
  }
  return live;
}

function forget(node, live) {
  delete live[node.name];
  for (const child of node.children ?? []) forget(child, live);
}

function settle(node, given, live, meta) {
  let value = given[node.name];
  if (node.calculation) value = evaluate(node.calculation, { answers: live, self: live[node.name], now: new Date() });
  else if (node.type in meta) value = meta[node.type];
  else if (node.type === "hidden") value ??= node.default;
  // A number that is none ("" * 2) is no answer.
  if (isEmpty(value) || Number.isNaN(value)) delete live[node.name];
  else live[node.name] = typeof value === "boolean" ? String(value) : value;
}

/** Answers that a questionnaire gives before the child does. */
export function defaults(nodes, into = {}) {
  for (const node of nodes) {
    if (node.default !== undefined) into[node.name] = node.default;
    defaults(node.children ?? [], into);
  }
  return into;
}

/** The choices that may be chosen now, in order. */
export function choices(questionnaire, node, answers) {
  const all = questionnaire.choices?.[node.choices] ?? [];
  if (!node.choice_filter) return all;
  return all.filter((choice) => holds(node.choice_filter, answers, undefined, { name: choice.name, ...choice.extra }));
}

export const isRequired = (node, answers) => !!node.required && holds(node.required, answers, answers[node.name]);

/** Why this question cannot be left like that: undefined, or {key} of a message, or {text} of the questionnaire's own. */
export function problem(node, answers) {
  const value = answers[node.name];
  if (isEmpty(value)) {
    if (!isRequired(node, answers)) return undefined;
    return node.required_message ? { text: node.required_message } : { key: "question.required" };
  }
  if (node.constraint && !holds(node.constraint, answers, value)) {
    return node.constraint_message ? { text: node.constraint_message } : { key: "question.constraint" };
  }
  return undefined;
}

/** A TEXT in this language, with ${name} replaced by what was answered. */
export function words(text, language, questionnaire, answers) {
  const raw = text?.[language] ?? text?.[questionnaire.default_language] ?? Object.values(text ?? {})[0] ?? "";
  return raw.replace(/\$\{\s*([^}\s]+)\s*\}/g, (_, name) => {
    const node = find(questionnaire.nodes, name);
    return node ? shown(node, language, questionnaire, answers) : "";
  });
}

export function find(nodes, name) {
  for (const node of nodes) {
    const found = node.name === name ? node : find(node.children ?? [], name);
    if (found) return found;
  }
  return undefined;
}

/** How an answer reads to the child: labels of choices, dates as people write them. */
export function shown(node, language, questionnaire, answers) {
  const value = answers[node.name];
  if (isEmpty(value)) return "";
  if (node.type.startsWith("select_")) {
    const list = questionnaire.choices?.[node.choices] ?? [];
    return [value]
      .flat()
      .map((name) => {
        const choice = list.find((one) => one.name === name);
        return choice ? words(choice.label, language, questionnaire, {}) : name;
      })
      .join(", ");
  }
  if (node.type === "date") return new Date(`${value}T00:00`).toLocaleDateString(language, { dateStyle: "long" });
  if (typeof value === "number") return value.toLocaleString(language, { maximumFractionDigits: 6 });
  return node.type === "acknowledge" ? "✓" : String(value);
}

/** What can change on a screen by answering on it (other questions, choices, words), as one text to compare. */
export function lookOfScreen({ questionnaire, language, answers }, screens, at) {
  const nodes = screens.find((one) => one.name === at)?.nodes ?? [];
  return JSON.stringify(
    nodes.map((node) => [
      node.name,
      words(node.label, language, questionnaire, answers),
      choices(questionnaire, node, answers).map((one) => one.name),
    ]),
  );
}
