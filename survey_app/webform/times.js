/** The times of a repeat so far, and the question whether there is one more. */

import { messages } from "./messages-making.js?v={{version}}";
import { button, h, learn, t } from "./page.js?v={{version}}";
import { isEmpty, shown } from "./walk.js?v={{version}}";

learn(messages);

const MOST_WORDS = 3;

/** `ways` has add() and remove(index). */
export function times(node, child, ways) {
  const all = child.answers[node.name] ?? [];
  const row = (time, index) =>
    h(
      "li",
      { class: "review__row" },
      h(
        "div",
        { "data-aloud": "" },
        h("p", { class: "review__asked" }, t("review.time", { n: index + 1 })),
        " ",
        h("p", { class: "review__answer" }, summary(node, time, child)),
      ),
      button(t("repeat.remove"), () => ways.remove(index), "button--small", {
        "data-remove-time": `${node.name}/${index}`,
        "aria-label": `${t("repeat.remove")}: ${t("review.time", { n: index + 1 })}`,
      }),
    );
  return h(
    "div",
    { class: "question times" },
    h("p", { class: "lead", "data-aloud": "" }, t(all.length ? "repeat.more" : "repeat.first")),
    all.length > 0 && h("ol", { class: "review", role: "list" }, all.map(row)),
    button(t(all.length ? "repeat.add" : "repeat.begin"), ways.add, "button--wide", {
      "data-add-time": "",
      "data-aloud": "",
    }),
  );
}

const inside = (nodes) => nodes.flatMap((node) => (node.type === "group" ? inside(node.children) : [node]));

/** What was answered this time, as far as a line of it goes. */
function summary(node, time, child) {
  const seen = { ...child.answers, ...time };
  const words = inside(node.children)
    .filter((one) => !["note", "calculate", "hidden"].includes(one.type) && !isEmpty(time?.[one.name]))
    .map((one) => shown(one, child.language, child.questionnaire, seen));
  return words.slice(0, MOST_WORDS).join(" · ") || "–";
}
