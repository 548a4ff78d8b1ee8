import { useState } from "react";
import { RuleEditor, type Rules } from "@/parts/rules/editor";
import type { Clause, ExplainedRow, Mark } from "@/parts/rules/explain";
import { RuleInput } from "@/parts/rules/input";
import { Matrix } from "@/parts/rules/matrix";
import { TestResult } from "@/parts/rules/testlist";
import type { Tested } from "@/parts/rules/tests";
import { ClauseTree, MarkIcon } from "@/parts/rules/tree";
import { actionsOf } from "@/parts/rules/words";
import { sample } from "@/stories/sample";
import type { Story } from "@/stories/story";

const leaf = (from: number, text: string, op: string, left: unknown, right: unknown, result: Mark, decided = false): Clause => ({
  from, to: from + text.length, text, op, result, decided, passes: result === "yes" ? 1 : 0, children: [],
  left: { text: text.split(" ")[0]!, known: true, values: [left as string], more: false }, right: { text: text.split(" ").at(-1)!, known: true, values: [right as string], more: false },
});
const parts = [leaf(0, "published = true", "=", false, true, "no", true), leaf(20, "views > 100", ">", null, 100, "unknown"), leaf(35, "author = @request.auth.id", "=", "ann", "ann", "yes")];
const tree: Clause = { from: 0, to: 60, text: parts.map((p) => p.text).join(" && "), op: "&&", result: "no", passes: 0, decided: false, children: parts };
const rows: ExplainedRow[] = [
  { id: "a", name: "Plan", result: "refused", status: 404, clauses: ["no", "unknown", "yes"] },
  { id: "b", name: "Plot", result: "allowed", status: 200, clauses: ["yes", "yes", "yes"] },
];
const test: Tested = { id: "t", collection: "stories", name: "A guest may not list Plan", action: "list", as: "guest", record: "000000000000001", expect: "empty", passed: true, verdict: "empty", status: 200, reason: "" };

function Edit({ slug, rule }: { slug: string; rule: string | null }) {
  const action = actionsOf(sample).find((a) => a.slug === slug)!;
  const [rules, setRules] = useState<Rules>({ [action.key]: rule });
  return <RuleEditor collection={sample} action={action} rules={rules} stored={(sample[action.key] as string | null) ?? null} names={["published", "author"]} focused={false} onFocus={() => {}} onChange={(r) => setRules({ [action.key]: r })} fault={slug === "update" ? "Invalid rule. Raw error: a value is missing." : undefined} />;
}

function Input({ label, disabled }: { label: string; disabled?: boolean }) {
  const [rule, set] = useState("published = true");
  return <RuleInput label={label} value={rule} names={["published", "author"]} disabled={disabled} onChange={set} />;
}

export const rules: Story[] = [
  { name: "CodeField", states: { "a rule": <Input label="A rule" />, disabled: <Input label="A rule that stays" disabled /> } },
  { name: "RuleEditor", wide: true, states: { "a rule decides": <Edit slug="list" rule="published = true" />, "public write": <Edit slug="create" rule="" />, "superusers alone": <Edit slug="delete" rule={null} />, wrong: <Edit slug="update" rule="author =" /> } },
  { name: "RuleTree", states: { "of one record": <ClauseTree root={tree} rows={1} />, "every mark": <div className="flex gap-2">{(["yes", "no", "some", "unknown", "none"] as const).map((m) => <MarkIcon key={m} mark={m} />)}</div> } },
  { name: "Matrix", wide: true, states: { "two records": <Matrix rows={rows} tree={[tree]} onPick={() => {}} /> } },
  { name: "Test of a rule", states: { passes: <TestResult test={test} />, fails: <TestResult test={{ ...test, passed: false, verdict: "allowed", reason: "The record is in the list." }} />, "can be opened": <TestResult test={test} onOpen={() => {}} /> } },
];
