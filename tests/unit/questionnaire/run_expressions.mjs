// Evaluates [{tree, answers, self, row, now}, …] from standard input with the expression.js given as first argument.
// Writes the values, those that JSON cannot hold as {"number": "NaN"}, and their truth.
import { readFileSync } from "node:fs";

const source = readFileSync(process.argv[2]).toString("base64");
const { evaluate, truth } = await import(`data:text/javascript;base64,${source}`);

const plain = (value) =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? { number: Object.is(value, -0) ? "-0" : String(value) }
    : value;

const cases = JSON.parse(readFileSync(0, "utf8"));
const results = cases.map(({ tree, answers, self, row, now }) => {
  const value = evaluate(tree, { answers, self, row, now: new Date(now) });
  return [plain(value), truth(value)];
});
process.stdout.write(JSON.stringify(results));
