import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { send } from "@/lib/pb";

/** What comes of a part of a rule; "some" when it does for some of several records. */
export type Mark = "yes" | "no" | "some" | "unknown" | "none";

/** One side of a comparison, with what it is for the first record. */
export interface Side {
  text: string;
  known: boolean;
  values: (string | number | boolean | null)[];
  more: boolean;
}

/** A part of a rule: a comparison, or several parts joined. */
export interface Clause {
  from: number;
  to: number;
  text: string;
  op: string;
  left?: Side;
  right?: Side;
  result: Mark;
  passes: number;
  decided: boolean;
  note?: string;
  children: Clause[];
}

export interface ExplainedRow {
  id: string;
  name: string;
  result: "allowed" | "refused";
  status: number;
  clauses: Mark[];
}

/** What the API would answer, and why. */
export interface Explained {
  verdict: "allowed" | "refused" | "mixed" | "empty" | "unknown";
  status: number;
  reason: string;
  tree: Clause[];
  rows: ExplainedRow[];
  total: number | null;
  before: number | null;
  after: number | null;
  timedOut: boolean;
}

/** Somebody who asks: a record of an auth collection. Nobody is a guest. */
export interface Account {
  collection: string;
  id: string;
}

/** What somebody wants, as the server is asked about it. */
export interface Wish {
  collection: string;
  action: string;
  rule: string | null;
  as: Account | "guest";
  records?: string[];
  sample?: number;
  body?: unknown;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  context?: string;
  noTotals?: boolean;
}

/** How many records a sample has. */
export const sampleSize = 50;

/** The value once it has not changed for a while: typing pauses. */
export function usePaused<T>(value: T, ms = 200): T {
  const [paused, setPaused] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), ms);
    return () => clearTimeout(timer);
    // eslint-disable-next-line -- the key stands for the value
  }, [key, ms]);
  return paused;
}

/** Asks what the API would answer; what was known stays while the next answer is on its way. */
export function useExplained(wish: Wish | undefined) {
  return useQuery({
    queryKey: ["explain", wish],
    queryFn: () => send<Explained>("POST", "api/dashboard/rules/explain", wish),
    enabled: !!wish,
    placeholderData: keepPreviousData,
    staleTime: 2_000,
    gcTime: 30_000,
  });
}

/** The comparisons of a tree, in the order of the text: the columns of the matrix. */
export const comparisons = (c: Clause): Clause[] => (c.children.length ? c.children.flatMap(comparisons) : [c]);

const words: Record<string, [string, string]> = {
  "=": ["is", "is not"],
  "!=": ["is not", "is"],
  ">": ["is more than", "is not more than"],
  ">=": ["is at least", "is less than"],
  "<": ["is less than", "is not less than"],
  "<=": ["is at most", "is more than"],
  "~": ["contains", "does not contain"],
  "!~": ["does not contain", "contains"],
};

/** How two values stand to each other, in words that are true: those of the operator, or their opposite. */
export function opWords(op: string, result: Mark): string {
  const [holds, fails] = words[op.replace("?", "")] ?? [op, op];
  if (result === "unknown") return "cannot be compared with";
  if (result === "yes") return op.startsWith("?") ? `(one of them) ${holds}` : holds;
  return op.startsWith("?") ? `(all of them) ${fails}` : fails;
}

export const markWords: Record<Mark, string> = { yes: "holds", no: "does not hold", some: "holds for some", unknown: "cannot be told", none: "not asked" };

/** A value as people tell nothing, the empty text and zero apart. */
export function valueText(v: Side["values"][number]): string {
  if (v === null) return "nothing";
  return typeof v === "string" ? JSON.stringify(v) : String(v);
}

/** What a side stands for; "" for a constant that says so itself. */
export function sideText(s: Side): string {
  if (!s.known) return "known to the database alone";
  if (!s.values.length) return "no value";
  if (/^(["'].*["']|-?\d+(\.\d+)?|true|false|null)$/s.test(s.text)) return "";
  return s.values.map(valueText).join(", ") + (s.more ? ", …" : "");
}

/** Rows with those first for which a comparison does not hold. */
export function failingFirst(rows: ExplainedRow[], column: number | undefined): ExplainedRow[] {
  if (column === undefined) return rows;
  const rank = (r: ExplainedRow) => ["no", "unknown", "none", "some", "yes"].indexOf(r.clauses[column] ?? "none");
  return rows.toSorted((a, b) => rank(a) - rank(b));
}

/** An account in the address: "users/abc". */
export const accountText = (a: Account | "guest"): string | undefined => (a === "guest" ? undefined : `${a.collection}/${a.id}`);

export function readAccount(text: string | undefined): Account | "guest" {
  const at = text?.indexOf("/") ?? -1;
  return text && at > 0 ? { collection: text.slice(0, at), id: text.slice(at + 1) } : "guest";
}

/** A JSON object that was typed; undefined when it is none. */
export function readBody(text: string): object | undefined {
  try {
    const v: unknown = JSON.parse(text.trim() || "{}");
    return v && typeof v === "object" && !Array.isArray(v) ? v : undefined;
  } catch {
    return undefined;
  }
}

/** Lines such as "name: value". */
export function readPairs(text: string): Record<string, string> {
  const pairs = text.split("\n").map((line) => /^\s*([^:=\s]+)\s*[:=]\s*(.*?)\s*$/.exec(line)).filter((m) => m !== null);
  return Object.fromEntries(pairs.map((m) => [m[1]!, m[2]!]));
}

/** Those lines again. */
export const writePairs = (pairs: Record<string, string> | undefined): string => Object.entries(pairs ?? {}).map(([name, value]) => `${name}: ${value}`).join("\n");
