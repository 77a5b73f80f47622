/** Long lists of choices: a list that opens, or a field that finds. */

import { messages } from "./messages-making.js?v={{version}}";
import { h, learn, t } from "./page.js?v={{version}}";
import { choices } from "./walk.js?v={{version}}";

learn(messages);

/** The tablet's own list. */
export function control(node, child, say) {
  const select = h(
    "select",
    {
      class: "field",
      id: `${node.name}-field`,
      "aria-labelledby": `title-${node.name}`,
      "aria-describedby": `error-${node.name}`,
      onchange: () => child.set(node.name, select.value || undefined),
    },
    h("option", { value: "" }, t("lists.choose")),
    choices(child.questionnaire, node, child.answers).map((choice) =>
      h("option", { value: choice.name }, [choice.emoji, say(choice.label)].filter(Boolean).join(" ")),
    ),
  );
  select.value = child.answers[node.name] ?? "";
  return select;
}

/** Letters without their signs: who types "tra vinh" finds Trà Vinh. */
const plain = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .replaceAll("đ", "d");

const LONG = 8;

/** These tiles with a field above them that shows only those which match; what is chosen stays in sight. */
export function search(node, child, tiles) {
  const all = [...tiles.querySelectorAll(".tile")];
  if (all.length < LONG) return tiles;
  const said = h("p", { class: "unseen", role: "status" });
  const find = () => {
    const wanted = plain(input.value.trim());
    for (const tile of all)
      tile.hidden = !plain(tile.textContent).includes(wanted) && !tile.querySelector("input").checked;
    said.textContent = t("lists.found", { n: all.filter((tile) => !tile.hidden).length });
  };
  const input = h("input", {
    type: "search",
    class: "field",
    id: `${node.name}-search`,
    autocomplete: "off",
    "aria-label": t("lists.search"),
    placeholder: t("lists.search"),
    oninput: find,
  });
  return h("div", { class: "making" }, input, said, tiles);
}
