// Evaluates [{tree, answers, self, row, now, position, labels: {question: {choice: label}}}, …].
// Gives their values, those that JSON cannot hold as {"number": "NaN"}, and their truth.
import { evaluate, truth } from "./expression.js";

const plain = (value) =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? { number: Object.is(value, -0) ? "-0" : String(value) }
    : value;

export const run = (cases) =>
  cases.map(({ labels, now, tree, ...context }) => {
    const label = (question, choice) => labels?.[question]?.[choice];
    const value = evaluate(tree, { ...context, label, now: new Date(now) });
    return [plain(value), truth(value)];
  });
