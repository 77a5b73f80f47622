/** A date as day, month and year, where a calendar is too small for the hand or not there at all. */

import { messages } from "./messages-making.js?v={{version}}";
import { h, learn, t } from "./page.js?v={{version}}";
import { tell } from "./made.js?v={{version}}";

learn(messages);

export function control(node, child) {
  const given = /^(\d{4})-(\d\d)-(\d\d)$/.exec(child.answers[node.name] ?? "") ?? [];
  const list = (name, key, options, value) => {
    const select = h(
      "select",
      { class: "field", id: `${node.name}-${name}`, "data-part": name, onchange: changed },
      h("option", { value: "" }, "–"),
      options.map(([number, label]) => h("option", { value: number }, label)),
    );
    select.value = value ?? "";
    return [h("label", { class: "part-of-date" }, h("span", {}, t(key)), select), select];
  };
  const two = (number) => String(number).padStart(2, "0");
  const days = Array.from({ length: 31 }, (_, i) => [two(i + 1), i + 1]);
  const monthName = new Intl.DateTimeFormat(child.language, { month: "long" });
  const months = Array.from({ length: 12 }, (_, i) => [two(i + 1), monthName.format(new Date(2000, i, 1))]);
  const [dayPart, day] = list("day", "dates.day", days, given[3]);
  const [monthPart, month] = list("month", "dates.month", months, given[2]);
  const year = h("input", {
    class: "field",
    id: `${node.name}-year`,
    "data-part": "year",
    type: "text",
    inputmode: "numeric",
    maxlength: 4,
    autocomplete: "off",
    value: given[1] ?? "",
    oninput: changed,
  });

  function changed() {
    const parts = [year.value.trim(), month.value, day.value];
    const isWhole = parts.every(Boolean) && /^\d{4}$/.test(parts[0]);
    const text = parts.join("-");
    const exists = isWhole && new Date(`${text}T00:00Z`).toJSON()?.startsWith(text);
    child.set(node.name, exists ? text : undefined);
    if (isWhole && !exists) tell(node, "dates.none");
  }

  return h(
    "div",
    { class: "parts-of-date" },
    dayPart,
    monthPart,
    h("label", { class: "part-of-date" }, h("span", {}, t("dates.year")), year),
  );
}
