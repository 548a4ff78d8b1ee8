import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql, SQLite } from "@codemirror/lang-sql";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { nonce } from "@/lib/pb";

/** What is wrong, and at which character. */
export interface Mark {
  at: number;
  message: string;
}

/** Both themes at once: the colours are the page's own. */
const look = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--bg)", minHeight: "110px" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--panel)", borderRight: "1px solid var(--line)" },
  ".cm-tooltip": { color: "var(--text)", backgroundColor: "var(--bg)", border: "1px solid var(--border)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--text)", backgroundColor: "var(--selected)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selected)" },
});
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--success)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--info)" },
  { tag: tags.comment, color: "var(--muted)" },
]);

/** A statement being written, with the names of the schema on offer. It is loaded with the page that has it. */
export function SqlEditor({ text, engine, names, mark, onChange }: { text: string; engine: string; names: Record<string, string[]>; mark?: Mark; onChange: (text: string) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const tell = useRef(onChange);
  tell.current = onChange;
  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(),
          history(),
          closeBrackets(),
          autocompletion(),
          lintGutter(),
          look,
          syntaxHighlighting(colours),
          sql({ dialect: engine === "postgres" ? PostgreSQL : SQLite, schema: names, upperCaseKeywords: true }),
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap.filter((k) => k.key !== "Mod-Enter")]),
          EditorView.contentAttributes.of({ "aria-label": "Statement", spellcheck: "false" }),
          EditorView.updateListener.of((u) => u.docChanged && tell.current(u.state.doc.toString())),
          EditorView.lineWrapping,
        ],
      }),
    });
    view.current = made;
    made.focus();
    return () => made.destroy();
    // eslint-disable-next-line -- the editor keeps its own text; what it was made with does not change
  }, [engine, names]);
  useEffect(() => {
    const v = view.current;
    if (v && v.state.doc.toString() !== text) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const v = view.current;
    if (!v) return;
    const from = Math.min(mark?.at ?? 0, v.state.doc.length);
    const to = v.state.wordAt(from)?.to ?? Math.min(from + 1, v.state.doc.length);
    v.dispatch(setDiagnostics(v.state, mark ? [{ from, to, severity: "error", message: mark.message }] : []));
    if (mark) v.dispatch({ selection: { anchor: from } });
  }, [mark]);
  return <div ref={host} className="sql max-h-80 min-h-28 overflow-auto rounded-sm border border-border bg-bg text-grid" />;
}
