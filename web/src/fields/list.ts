/** Values of a list as one text: with commas between them, or as JSON where one of them has a comma, or a space at its end. */
export const listText = (all: string[]): string => (all.some((v) => /,|^\s|\s$|^\[/.test(v)) ? JSON.stringify(all) : all.join(", "));

/** Reads such a text. */
export function readList(text: string): string[] {
  const t = text.trim();
  if (t.startsWith("[")) {
    try {
      const all: unknown = JSON.parse(t);
      if (Array.isArray(all)) return all.map(String);
    } catch {
      // It only begins like JSON.
    }
  }
  return t.split(",").map((v) => v.trim()).filter(Boolean);
}
