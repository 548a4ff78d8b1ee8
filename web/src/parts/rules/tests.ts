import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { send } from "@/lib/pb";
import { usePaused, type Account, type Wish } from "@/parts/rules/explain";

/** What somebody is to be told. */
export type Expect = "allowed" | "refused" | "empty";

/** What is expected of a rule, kept with its collection. */
export interface RuleTest {
  id: string;
  collection: string;
  name: string;
  action: string;
  as: Account | "guest";
  record: string;
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  context?: string;
  expect: Expect;
}

/** A test and what came of it; the verdict is "" when it could not be asked. */
export interface Tested extends RuleTest {
  passed: boolean;
  verdict: string;
  status: number;
  reason: string;
}

/** Which tests are run, and on collections as they would be after what. */
export interface Run {
  collection?: string;
  change?: { collection: string; to: object };
  import?: { collections: unknown[]; deleteMissing: boolean };
}

/** Runs tests; what fails of the change itself fails as saving it would. */
export const runTests = (run: Run) => send<{ failed: number; tests: Tested[] }>("POST", "api/dashboard/rules/tests/run", run);

/** The tests of a collection and what comes of them with rules that are not saved; it runs at every pause of typing. */
export function useTests(collection: string, to: object) {
  const run = usePaused<Run>({ collection, ...(Object.keys(to).length > 0 && { change: { collection, to } }) });
  return useQuery({ queryKey: ["rule-tests", run], queryFn: () => runTests(run), placeholderData: keepPreviousData, staleTime: 0, gcTime: 30_000 });
}

export const expectWords: Record<Expect, string> = { allowed: "Allowed", refused: "Refused", empty: "Empty list" };

/** A verdict in a sentence: "refused", "an empty list". */
export const verdictWords = (verdict: string): string => (verdict === "empty" ? "an empty list" : verdict || "no answer");

/** What can be expected of an action. */
export const expectable = (action: string): Expect[] => (action === "list" ? ["allowed", "empty", "refused"] : ["allowed", "refused"]);

/** What a test is called unless people call it otherwise. */
export function nameTest(who: string, action: string, record: string, expect: Expect): string {
  const verbs: Record<string, string> = { list: "list", view: "view", create: "create", update: "update", delete: "delete", auth: "sign in to", manage: "manage" };
  return `${who} ${expect === "allowed" ? "may" : "may not"} ${verbs[action] ?? action} ${record || "a record"}`;
}

/** The test that a question of the playground makes: what was asked, without what it does not need. */
export function testOf(wish: Wish, name: string, expect: Expect): Omit<RuleTest, "id"> {
  const { collection, action, as, records, body, query, headers, context } = wish;
  const some = <T extends object>(o: T | undefined) => (o && Object.keys(o).length ? o : undefined);
  return { collection, name, action, as, record: records?.[0] ?? "", body: some(body as object | undefined), query: some(query), headers: some(headers), context: context === "default" ? undefined : context, expect };
}
