/** Cells as spreadsheets take them from the clipboard: one line a row. What would break a line or a cell is quoted. */
export const writeTSV = (rows: string[][]): string => rows.map((r) => r.map(quoted).join("\t")).join("\n");

const quoted = (text: string) => (/^"|[\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * Reads what spreadsheets put into the clipboard. A cell that begins with a quote goes on to the quote that ends it;
 * where none does, the quote is a character like others, as in texts that were never quoted.
 */
export function readTSV(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  for (;;) {
    const [cell, end] = quotedCell(text, at) ?? plainCell(text, at);
    rows.at(-1)!.push(cell);
    if (end >= text.length) return rows;
    at = end + (text.startsWith("\r\n", end) ? 2 : 1);
    if (text[end] === "\t") continue;
    // A line feed at the very end ends the last row and begins none.
    if (at >= text.length) return rows;
    rows.push([]);
  }
}

const ends = (text: string, at: number) => at >= text.length || "\t\n\r".includes(text[at]!);

function plainCell(text: string, at: number): [string, number] {
  let end = at;
  while (!ends(text, end)) end++;
  return [text.slice(at, end), end];
}

function quotedCell(text: string, at: number): [string, number] | undefined {
  if (text[at] !== '"') return undefined;
  let cell = "";
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    cell += text.slice(from, quote);
    if (text[quote + 1] !== '"') return ends(text, quote + 1) ? [cell, quote + 1] : undefined;
    cell += '"';
    from = quote + 2;
  }
}
