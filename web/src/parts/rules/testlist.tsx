import { useQueryClient } from "@tanstack/react-query";
import { Check, Trash2, X } from "lucide-react";
import type { Collection } from "@/lib/collections";
import { problem, send } from "@/lib/pb";
import { IconButton } from "@/parts/button";
import { accountText } from "@/parts/rules/explain";
import { useTests, verdictWords, type RuleTest, type Tested } from "@/parts/rules/tests";
import { toast, toastFailed } from "@/parts/toast";

/** The tests of a collection, run with rules that are not saved: each with what came of it. */
export function TestList({ collection: c, to, onOpen }: { collection: Collection; to: object; onOpen: (t: RuleTest) => void }) {
  const { data, error } = useTests(c.name, to);
  const tests = data?.tests ?? [];
  return (
    <section aria-label="Tests" className="flex flex-col gap-2 rounded-md border bg-panel p-3">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-title font-semibold">Tests</h2>
        <p role="status" className={data?.failed ? "text-danger" : "text-muted"}>{data ? sum(tests.length, data.failed) : ""}</p>
      </div>
      {error && <p role="alert" className="text-danger">{problem(error).message}</p>}
      {data && !tests.length && <p className="text-muted">A test says who must and must not get by. Try something above and save it as a test.</p>}
      {tests.length > 0 && <ul className="flex flex-col">{tests.map((t) => <Line key={t.id} test={t} onOpen={() => onOpen(t)} />)}</ul>}
    </section>
  );
}

function sum(all: number, failed: number): string {
  if (!all) return "";
  const tests = `${all} ${all === 1 ? "test" : "tests"}`;
  return failed ? `${failed} of ${tests} ${failed === 1 ? "fails" : "fail"}` : `${tests} ${all === 1 ? "passes" : "pass"}`;
}

function Line({ test: t, onOpen }: { test: Tested; onOpen: () => void }) {
  const client = useQueryClient();
  const drop = async () => {
    try {
      await send("DELETE", `api/dashboard/rules/tests/${t.id}`);
      await client.invalidateQueries({ queryKey: ["rule-tests"] });
      toast("The test is gone.", { name: "Undo", run: () => void restore() });
    } catch (err) {
      toastFailed(problem(err).message);
    }
  };
  const restore = async () => {
    const { collection, name, action, as, record, body, query, headers, context, expect } = t;
    await send("POST", "api/dashboard/rules/tests", { collection, name, action, as, record, body, query, headers, context, expect });
    await client.invalidateQueries({ queryKey: ["rule-tests"] });
  };
  return (
    <li className="flex items-start gap-2 border-b py-1 last:border-b-0">
      <TestResult test={t} onOpen={onOpen} />
      <IconButton name={`Delete the test “${t.name}”`} icon={Trash2} onClick={() => void drop()} />
    </li>
  );
}

/** A test with a mark, what it asks, and why it fails. */
export function TestResult({ test: t, onOpen }: { test: Tested; onOpen?: () => void }) {
  const Icon = t.passed ? Check : X;
  return (
    <div className="flex min-w-0 flex-1 items-start gap-2">
      <span className={`mt-1 inline-flex shrink-0 ${t.passed ? "text-success" : "text-danger"}`}>
        <Icon size={16} strokeWidth={2} aria-hidden />
        <span className="sr-only">{t.passed ? "passes" : "fails"}</span>
      </span>
      <div className="min-w-0 flex-1">
        {onOpen ? <button type="button" onClick={onOpen} className="block min-h-6 max-w-full rounded-sm text-left break-words text-accent underline hover:bg-hover">{t.name}</button> : <p className="break-words font-medium">{t.name}</p>}
        <p className="text-label break-words text-muted">
          {!onOpen && `${t.collection}: `}{t.action} as {t.as === "guest" ? "guest" : accountText(t.as)}{t.record && <> on <span className="font-mono">{t.record}</span></>}, expects {verdictWords(t.expect)}
        </p>
        {!t.passed && <p className="text-grid break-words text-danger">Got {verdictWords(t.verdict)}{t.status > 0 && ` (${t.status})`}. <span className="text-text">{t.reason}</span></p>}
      </div>
    </div>
  );
}
