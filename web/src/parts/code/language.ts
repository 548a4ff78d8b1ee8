import type { Extension } from "@codemirror/state";

/** What is written: which language, and what it may name. */
export type Language =
  | { kind: "json" }
  | { kind: "html"; /** Placeholders that are offered after a brace. */ words?: string[] }
  | { kind: "sql"; engine: string; /** Tables and their columns. */ names: Record<string, string[]> };

/** Loads how a language is coloured, completed and checked. Each is a file of its own, read when it is first wanted. */
export async function extensionOf(l: Language): Promise<Extension> {
  switch (l.kind) {
    case "json":
      return (await import("@/parts/code/json")).json();
    case "html":
      return (await import("@/parts/code/html")).html(l.words ?? []);
    case "sql":
      return (await import("@/parts/code/sql")).sql(l.engine, l.names);
  }
}
