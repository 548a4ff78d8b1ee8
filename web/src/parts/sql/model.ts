import { csvCell } from "@/lib/export";

export type Value = string | number | boolean | null;

/** What a statement found. */
export interface Found {
  columns: string[];
  rows: Value[][];
  more: boolean;
  millis: number;
}

const historyKey = "holdall_sql";
const kept = 50;

/** The statements that ran in this tab, the latest first. They leave with the tab: they may name people. */
export function statements(): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(historyKey) ?? "[]") as string[];
  } catch {
    return [];
  }
}

/** Puts a statement on top of the list. */
export function remember(sql: string): string[] {
  const list = [sql, ...statements().filter((s) => s !== sql)].slice(0, kept);
  try {
    sessionStorage.setItem(historyKey, JSON.stringify(list));
  } catch {
    // Without storage the list lasts as long as the page.
  }
  return list;
}

export const shown = (v: Value): string => (v === null ? "NULL" : String(v));

/** The rows as a file. */
export function asCSV(f: Found): string {
  const line = (cells: string[]) => cells.map(csvCell).join(",") + "\r\n";
  return line(f.columns) + f.rows.map((r) => line(r.map((v) => (v === null ? "" : String(v))))).join("");
}

/** The rows as a list of objects; of columns with one name the last counts. */
export function asJSON(f: Found): string {
  return JSON.stringify(f.rows.map((r) => Object.fromEntries(f.columns.map((c, i) => [c, r[i]]))), null, 2);
}

/** Line and column of a character, from 1. */
export function placeOf(sql: string, at: number): { line: number; column: number } {
  const before = [...sql].slice(0, at).join("").split("\n");
  return { line: before.length, column: [...before.at(-1)!].length + 1 };
}
