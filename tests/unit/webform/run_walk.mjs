// Goes the way through questionnaires: [{questionnaire, given, meta, acts: [[what, …]], language}, …] → what is there then.
import { addTime, choices, defaults, isReadOnly, lay, lookOfScreen, problem, put, removeTime, scope, shown, triggered, words } from "./walk.js";

const ACTS = {
  begin: (at) => Object.assign(at.given, defaults(at.questionnaire)),
  put: (at, screen, name, value) => put(at.given, at.screen(screen), name, value),
  take: (at, screen, name) => put(at.given, at.screen(screen), name, undefined),
  add: (at, repeat) => addTime(at.given, repeat),
  remove: (at, repeat, index) => removeTime(at.given, repeat, index),
  trigger: (at, screen, name) => triggered(at.questionnaire, at.given, at.screen(screen), name, at.meta),
  look: (at, screen) => at.looks.push(lookOfScreen(at.child(), lay(at.questionnaire, at.given, at.meta).screens, screen)),
};

function way({ questionnaire, given = {}, meta, acts = [], language = "vi" }) {
  const at = {
    questionnaire,
    given,
    meta,
    looks: [],
    screen: (name) => lay(questionnaire, given, meta).screens.find((one) => one.name === name),
    child: () => ({ questionnaire, language, answers: lay(questionnaire, given, meta).answers }),
  };
  for (const [what, ...rest] of acts) ACTS[what](at, ...rest);
  const { screens, answers } = lay(questionnaire, given, meta);
  const each = (make) =>
    Object.fromEntries(
      screens.flatMap((screen) => {
        const seen = scope(questionnaire, answers, screen);
        return screen.nodes.map((node) => [screen.nodes.length > 1 ? `${screen.name}:${node.name}` : screen.name, make(node, seen) ?? null]);
      }),
    );
  return {
    screens: screens.map((one) => ({
      name: one.name,
      nodes: one.nodes.map((node) => node.name),
      ...(one.group && { group: one.group.name }),
      ...(one.repeat && { repeat: [one.repeat.node.name, one.repeat.index] }),
      ...(one.more && { more: one.more.name }),
    })),
    answers,
    given,
    looks: at.looks,
    problems: each(problem),
    // As the server names questions.
    blocked: screens.flatMap(({ nodes, repeat }) => {
      const seen = scope(questionnaire, answers, { repeat });
      const place = repeat ? `${repeat.node.name}/${repeat.index}/` : "";
      return nodes.filter((node) => problem(node, seen)).map((node) => place + node.name);
    }),
    choices: each((node, seen) => choices(questionnaire, node, seen).map((one) => one.name)),
    readOnly: each(isReadOnly),
    words: each((node, seen) => words(node.label, language, questionnaire, seen)),
    shown: each((node, seen) => shown(node, language, questionnaire, seen)),
  };
}

export const run = (cases) => cases.map(way);
