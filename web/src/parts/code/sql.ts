import { PostgreSQL, sql as language, SQLite } from "@codemirror/lang-sql";
import type { Extension } from "@codemirror/state";

/** A statement in the words of an engine, with the names of its schema on offer. */
export const sql = (engine: string, names: Record<string, string[]>): Extension => language({ dialect: engine === "postgres" ? PostgreSQL : SQLite, schema: names, upperCaseKeywords: true });
