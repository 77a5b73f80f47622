/** Putting things in order: by dragging, by buttons, by arrow keys. Until the child has done so there is no answer. */

import { messages } from "./messages-making.js?v={{version}}";
import { button, emoji, h, learn, t } from "./page.js?v={{version}}";
import { choices } from "./walk.js?v={{version}}";

learn(messages);

const EDGE = 90;

export function control(node, child, say) {
  const offered = choices(child.questionnaire, node, child.answers);
  const given = [child.answers[node.name] ?? []].flat();
  const places = new Map(given.map((name, i) => [name, i]));
  const ordered = [...offered].sort(
    (a, b) => (places.get(a.name) ?? offered.length) - (places.get(b.name) ?? offered.length),
  );
  let isDone = offered.every((choice) => places.has(choice.name));

  const said = h("p", { class: "unseen", role: "status" });
  const list = h("ol", { class: "rank", role: "list" });
  const right = button(
    t("rank.right"),
    () => {
      answer();
      said.textContent = t("rank.kept");
      list.querySelector("button").focus();
    },
    "button--wide",
    { "data-rank-right": "", "data-aloud": "" },
  );
  const box = h(
    "div",
    { class: "making" },
    h("p", { class: "making__how", "data-aloud": "" }, t("rank.how")),
    list,
    right,
    said,
  );

  const number = () => {
    box.classList.toggle("is-ranked", isDone);
    right.hidden = isDone;
    [...list.children].forEach((item, i) => {
      item.querySelector(".rank__place").textContent = i + 1;
      item.querySelector("[data-rank=up]").setAttribute("aria-disabled", String(i === 0));
      item.querySelector("[data-rank=down]").setAttribute("aria-disabled", String(i === list.children.length - 1));
    });
  };

  function answer() {
    isDone = true;
    number();
    child.set(
      node.name,
      [...list.children].map((item) => item.dataset.choice),
    );
  }

  /** Its neighbour goes around it: what is moved stays in the page, and keeps the focus and the finger on it. */
  function move(item, by) {
    const neighbour = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!neighbour) return false;
    if (by < 0) item.after(neighbour);
    else item.before(neighbour);
    return true;
  }

  function moved(item) {
    answer();
    const place = [...list.children].indexOf(item) + 1;
    said.textContent = t("rank.now", { what: item.dataset.label, place, of: list.children.length });
  }

  const step = (item, by) => move(item, by) && moved(item);

  function drag(item, grip) {
    let from;
    grip.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      from = [...list.children].indexOf(item);
      item.classList.add("is-dragged");
    });
    grip.addEventListener("pointermove", ({ clientY }) => {
      if (from === undefined) return;
      if (clientY < EDGE) scrollBy(0, -12);
      if (clientY > innerHeight - EDGE) scrollBy(0, 12);
      const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
      const { previousElementSibling: above, nextElementSibling: below } = item;
      if (above && clientY < middle(above)) move(item, -1);
      else if (below && clientY > middle(below)) move(item, 1);
    });
    const drop = () => {
      if (from === undefined) return;
      item.classList.remove("is-dragged");
      if (from !== [...list.children].indexOf(item)) moved(item);
      from = undefined;
    };
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", drop);
  }

  for (const choice of ordered) {
    const label = say(choice.label);
    const grip = h(
      "span",
      { class: "rank__grip" },
      h("span", { class: "rank__place" }),
      choice.emoji && emoji(choice.emoji),
    );
    const arrow = (sign, way, by) =>
      button(sign, () => step(item, by), "button--round rank__move", {
        id: `${node.name}-${choice.name}-${way}`,
        "data-rank": way,
        "aria-label": t(way === "up" ? "rank.up" : "rank.down", { what: label }),
      });
    const item = h(
      "li",
      { class: "tile rank__item", "data-choice": choice.name, "data-label": label },
      grip,
      h(
        "span",
        { class: "tile__label", "data-aloud": "", "data-recordings": `choice:${node.choices}/${choice.name}` },
        label,
      ),
      arrow("↑", "up", -1),
      arrow("↓", "down", 1),
    );
    item.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      step(item, by);
    });
    drag(item, grip);
    list.append(item);
  }
  number();
  return box;
}
