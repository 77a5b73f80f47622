/**
 * Runs expression trees: XPath 1.0 and ODK's functions, to the last bit as evaluate.py and functions.py have them. A value is a text
 * (empty: no answer), a number or a truth value, or for some functions a list of them.
 */

const WORDS = /[^ \t\r\n]+/g;
const NUMBER = /^[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*$/;
const MOMENT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)(?:Z|([+-])([0-9]{2}):([0-9]{2})))?$/;
const TIME = /^(?:[0-9-]{10}T)?([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]+)?))?(?:Z|[+-][0-9]{2}:[0-9]{2})?$/;
const DAY = 86400000;
const MAX_MATCHED = 1000;

/** context: {answers, self: value, row: {column: value}, now: Date, position (from 1), label(question, choice)} */
export function evaluate(tree, context) {
  if ("lit" in tree) return tree.lit;
  if ("ref" in tree) return prepare(own(context.answers, tree.ref));
  if ("self" in tree) return prepare(context.self);
  if ("col" in tree) return prepare(own(context.row, tree.col));
  if ("all" in tree) {
    const times = own(context.answers, tree.of ?? tree.all) || [];
    return times.map((time) => !tree.of || prepare(own(time, tree.all)));
  }
  const value = (index) => evaluate(tree.args[index], context);
  switch (tree.op ?? tree.fn) {
    case "and": return tree.args.every((part) => truth(evaluate(part, context)));
    case "or": return tree.args.some((part) => truth(evaluate(part, context)));
    case "neg": return -number(value(0));
    case "=": return equal(value(0), value(1));
    case "!=": return !equal(value(0), value(1));
    case "if": return value(truth(value(0)) ? 1 : 2);
    case "today": return local(context.now).slice(0, 10);
    case "now": return local(context.now);
    case "once": return prepare(context.self) === "" ? value(0) : prepare(context.self);
    case "position": return context.position ?? "";
    case "jr:choice-name": return context.label?.(tree.of, text(value(0))) ?? "";
  }
  const values = tree.args.map((_, index) => value(index));
  return tree.op ? ARITHMETIC[tree.op](number(values[0]), number(values[1])) : FUNCTIONS[tree.fn](...values);
}

export const truth = (value) => !!value;

const own = (object, name) => (object && {}.hasOwnProperty.call(object, name) ? object[name] : "");

function prepare(answer) {
  if (Array.isArray(answer)) return answer.map((part) => text(prepare(part))).join(" ");
  return answer == null || typeof answer === "object" ? "" : answer;
}

export function number(value) {
  if (typeof value !== "string") return Number(value);
  const plain = NUMBER.exec(value);
  if (plain) return Number(plain[1]);
  const moment = MOMENT.exec(value);
  return moment ? days(moment) : NaN;
}

function days([, day, hour, minute, second, sign, hours, minutes]) {
  const date = new Date(`${day}T00:00:00Z`);
  // Some browsers have a February 30.
  if (day < "0001" || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) return NaN;
  const whole = date.getTime() / DAY;
  if (hour === undefined) return whole;
  if (hour > 23 || minute > 59 || second >= 60) return NaN;
  const offset = sign ? (hours * 60 + Number(minutes)) * (sign === "-" ? -1 : 1) : 0;
  return whole + ((hour * 60 + Number(minute) - offset) * 60 + Number(second)) / 86400;
}

export function text(value) {
  const plain = String(value);
  if (typeof value !== "number" || !plain.includes("e")) return plain;
  const [, sign, whole, part = "", power] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(plain);
  return sign + (power < 0 ? `0.${"0".repeat(-power - 1)}${whole}${part}` : (whole + part).padEnd(Number(power) + 1, "0"));
}

function equal(left, right) {
  if (typeof left === "boolean" || typeof right === "boolean") return truth(left) === truth(right);
  return typeof left === "number" || typeof right === "number" ? number(left) === number(right) : left === right;
}

function local(now) {
  const offset = -now.getTimezoneOffset();
  const away = new Date(Math.abs(offset) * 60000).toISOString().slice(11, 16);
  return new Date(now.getTime() + offset * 60000).toISOString().slice(0, -1) + (offset < 0 ? "-" : "+") + away;
}

/** A date or moment as written; a number with a fraction is a moment in Việt Nam. */
export function wall(value) {
  if (typeof value === "string" && MOMENT.test(value)) return Number.isNaN(number(value)) ? "" : value;
  const day = number(value);
  const at = Math.floor(day * DAY + 0.5) + (Number.isInteger(day) ? 0 : 25200000);
  // The years 1 to 9999.
  return at >= -62135596800000 && at < 253402300800000 ? new Date(at).toISOString().slice(0, -1) : "";
}

function formatDate(value, form) {
  const at = wall(value);
  if (!at) return "";
  const [H, M, S] = [11, 14, 17].map((place) => at.slice(place, place + 2) || "00");
  const [Y, m, d, part] = [at.slice(0, 4), at.slice(5, 7), at.slice(8, 10), /\.(\d+)|$/.exec(at)[1] ?? ""];
  const codes = { "%": "%", Y, y: Y.slice(2), m, n: +m, d, e: +d, H, h: +H, M, S, 3: `${part}000`.slice(0, 3) };
  return text(form).replace(/%(.)/gu, (_, code) => codes[code] ?? "");
}

/** "HH:MM", or "" */
export const clock = (value) => (TIME.exec(text(value)) ?? []).slice(1, 3).join(":");

function dayTime(value) {
  const [, hour, minute, second = 0] = TIME.exec(text(value)) ?? [];
  return ((hour * 60 + Number(minute)) * 60 + Number(second)) / 86400;
}

function round(value, digits = 0) {
  const places = Math.trunc(number(digits));
  if (Number.isNaN(places)) return NaN;
  const scale = Number(`1e${Math.min(Math.abs(places), 15)}`);
  return places >= 0 ? Math.round(number(value) * scale) / scale : Math.round(number(value) / scale) * scale;
}

function power(value, exponent) {
  let result = 1;
  for (let left = number(exponent); left >= 1; left -= 1) result *= number(value);
  return result;
}

function extreme(values, better) {
  const given = values.flatMap((value) => (Array.isArray(value) ? value.filter((one) => one !== "") : value));
  if (!given.length) return NaN;
  return given.map(number).reduce((best, one) => (Number.isNaN(best) || !(Number.isNaN(one) || better(one, best)) ? best : one));
}

export const wordsOf = (value) => text(value).match(WORDS) ?? [];

function substr(value, start, end) {
  const characters = [...text(value)];
  const index = (given) => {
    const place = Math.trunc(number(given)) || 0;
    return Math.min(Math.max(place < 0 ? place + characters.length : place, 0), characters.length);
  };
  return characters.slice(index(start), end === undefined ? undefined : index(end)).join("");
}

function translate(value, before, after) {
  const old = [...text(before)];
  return [...text(value)].map((one) => (old.includes(one) ? [...text(after)][old.indexOf(one)] ?? "" : one)).join("");
}

const ARITHMETIC = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

const FUNCTIONS = {
  abs: (value) => Math.abs(number(value)),
  boolean: truth,
  "boolean-from-string": (value) => /^(1|true)$/i.test(text(value)),
  ceiling: (value) => Math.ceil(number(value)),
  coalesce: (...values) => values.find((value) => value !== "" && !Number.isNaN(value)) ?? values[values.length - 1],
  concat: (...values) => values.flat().map(text).join(""),
  contains: (value, part) => text(value).includes(text(part)),
  count: (...values) => values.flat().length,
  "count-non-empty": (...values) => values.flat().filter((value) => value !== "").length,
  "count-selected": (value) => wordsOf(value).length,
  date: (value) => wall(value).slice(0, 10),
  "decimal-date-time": number,
  "decimal-time": dayTime,
  "ends-with": (value, part) => text(value).endsWith(text(part)),
  false: () => false,
  floor: (value) => Math.floor(number(value)),
  "format-date": formatDate,
  "format-date-time": formatDate,
  int: (value) => Math.trunc(number(value)),
  join: (between, ...values) => values.flat().map(text).join(text([between].flat()[0] ?? "")),
  max: (...values) => extreme(values, (a, b) => a > b),
  min: (...values) => extreme(values, (a, b) => a < b),
  "normalize-space": (value) => wordsOf(value).join(" "),
  not: (value) => !truth(value),
  number,
  pi: () => Math.PI,
  pow: power,
  regex: (value, pattern) => [...text(value)].length <= MAX_MATCHED && new RegExp(`^(?:${pattern})$`, "u").test(text(value)),
  round,
  selected: (value, wanted) => wordsOf(value).includes(text(wanted).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "")),
  "selected-at": (value, position) => wordsOf(value)[Math.trunc(number(position))] ?? "",
  sqrt: (value) => Math.sqrt(number(value)),
  "starts-with": (value, part) => text(value).startsWith(text(part)),
  string: text,
  "string-length": (value) => [...text(value)].length,
  substr,
  "substring-after": (value, part) => text(value).slice((text(value).indexOf(text(part)) + 1 || Infinity) - 1 + text(part).length),
  "substring-before": (value, part) => text(value).slice(0, Math.max(text(value).indexOf(text(part)), 0)),
  sum: (...values) => values.flat().reduce((total, value) => (value === "" ? total : total + number(value)), 0),
  translate,
  true: () => true,
};
