/**
 * Runs the expression trees of a questionnaire: XPath 1.0 and ODK's functions, to the last bit as evaluate.py has them.
 * A value is a text, a number or a truth value; no answer is the empty text.
 */

const WORDS = /[^ \t\r\n]+/g;
const NUMBER = /^[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*$/;
const MOMENT = /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)(?:Z|([+-])([0-9]{2}):([0-9]{2})))?$/;
const MAX_MATCHED = 1000;

/** The value of a tree. context: {answers: {name: value}, self: value, row: {column: value}, now: Date} */
export function evaluate(tree, context) {
  if ("lit" in tree) return tree.lit;
  if ("ref" in tree) return prepare(own(context.answers, tree.ref));
  if ("self" in tree) return prepare(context.self);
  if ("col" in tree) return prepare(own(context.row, tree.col));
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
  }
  const values = tree.args.map((_, index) => value(index));
  return tree.op ? ARITHMETIC[tree.op](number(values[0]), number(values[1])) : FUNCTIONS[tree.fn](...values);
}

/** XPath boolean(): a text that is not empty, a number that is neither zero nor NaN. */
export const truth = (value) => !!value;

const own = (object, name) => (object && Object.prototype.hasOwnProperty.call(object, name) ? object[name] : "");

function prepare(answer) {
  if (Array.isArray(answer)) return answer.map((part) => text(prepare(part))).join(" ");
  return ["string", "number", "boolean"].includes(typeof answer) ? answer : "";
}

function number(value) {
  if (typeof value !== "string") return Number(value);
  const plain = NUMBER.exec(value);
  if (plain) return Number(plain[1]);
  const moment = MOMENT.exec(value);
  return moment ? days(moment) : NaN;
}

function days([, day, hour, minute, second, sign, hours, minutes]) {
  const date = new Date(`${day}T00:00:00Z`);
  // February 30 is no day, though some browsers read it as one of March.
  if (day < "0001" || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day) return NaN;
  const whole = date.getTime() / 86400000;
  if (hour === undefined) return whole;
  if (hour > 23 || minute > 59 || second >= 60) return NaN;
  const offset = sign ? (hours * 60 + Number(minutes)) * (sign === "-" ? -1 : 1) : 0;
  return whole + ((hour * 60 + Number(minute) - offset) * 60 + Number(second)) / 86400;
}

function text(value) {
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
  const two = (part) => String(Math.trunc(part)).padStart(2, "0");
  const away = Math.abs(offset);
  return new Date(now.getTime() + offset * 60000).toISOString().slice(0, -1)
    + `${offset < 0 ? "-" : "+"}${two(away / 60)}:${two(away % 60)}`;
}

function round(value, digits = 0) {
  const places = Math.trunc(number(digits));
  if (Number.isNaN(places)) return NaN;
  const scale = Number(`1e${Math.min(Math.abs(places), 15)}`);
  return places >= 0 ? Math.round(number(value) * scale) / scale : Math.round(number(value) / scale) * scale;
}

function extreme(values, better) {
  return values.map(number).reduce((best, one) => (Number.isNaN(best) || !(Number.isNaN(one) || better(one, best)) ? best : one));
}

const words = (value) => text(value).match(WORDS) ?? [];

function substr(value, start, end) {
  const characters = [...text(value)];
  const index = (given) => {
    const place = Math.trunc(number(given)) || 0;
    return Math.min(Math.max(place < 0 ? place + characters.length : place, 0), characters.length);
  };
  return characters.slice(index(start), end === undefined ? undefined : index(end)).join("");
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
  boolean: truth,
  coalesce: (...values) => values.find((value) => value !== "" && !Number.isNaN(value)) ?? values[values.length - 1],
  concat: (...values) => values.map(text).join(""),
  contains: (value, part) => text(value).includes(text(part)),
  "count-selected": (value) => words(value).length,
  "ends-with": (value, part) => text(value).endsWith(text(part)),
  false: () => false,
  int: (value) => Math.trunc(number(value)),
  max: (...values) => extreme(values, (a, b) => a > b),
  min: (...values) => extreme(values, (a, b) => a < b),
  "normalize-space": (value) => words(value).join(" "),
  not: (value) => !truth(value),
  number,
  regex: (value, pattern) => [...text(value)].length <= MAX_MATCHED && new RegExp(`^(?:${pattern})$`, "u").test(text(value)),
  round,
  selected: (value, wanted) => words(value).includes(text(wanted).replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "")),
  "selected-at": (value, position) => words(value)[Math.trunc(number(position))] ?? "",
  "starts-with": (value, part) => text(value).startsWith(text(part)),
  string: text,
  "string-length": (value) => [...text(value)].length,
  substr,
  true: () => true,
};
