import type { ReactNode } from "react";

const words = "import|from|const|final|await|async|new|true|false|null|while|read|do|done|case|in|esac|echo";
const token = new RegExp(`((?:#|//) .*$)|('(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*")|\\b(${words}|Future|void)\\b|(\\$\\w+)`, "gm");
const colours = ["text-muted", "text-success", "text-info", "text-warning"];

/** Code with its comments, texts, words and variables told apart; nothing is added to the text of it. */
function coloured(code: string): ReactNode[] {
  const out: ReactNode[] = [];
  let from = 0;
  for (const m of code.matchAll(token)) {
    out.push(code.slice(from, m.index));
    out.push(<span key={m.index} className={colours[m.slice(1).findIndex((g) => g !== undefined)]}>{m[0]}</span>);
    from = m.index + m[0].length;
  }
  return [...out, code.slice(from)];
}

/** Code to be read and copied. It is scrolled by the keyboard too. */
export function Code({ name, text }: { name: string; text: string }) {
  return (
    <pre role="region" aria-label={name} tabIndex={0} className="overflow-x-auto rounded-md border bg-panel p-3 font-mono text-grid leading-5">
      <code>{coloured(text)}</code>
    </pre>
  );
}
