import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "react";
import { flushSync } from "react-dom";
import { nonce } from "@/lib/pb";
import type { Mark } from "@/parts/code/field";
import { look } from "@/parts/code/look";

export interface CodeProps {
  value: string;
  onChange: (text: string) => void;
  onBlur?: () => void;
  language: Extension;
  /** What the text box is called and described by. */
  attributes: Record<string, string>;
  disabled?: boolean;
  mark?: Mark;
  /** What is chosen at once, by which the text has the focus; undefined takes none. */
  chosen?: { anchor: number; head: number };
}

/**
 * Puts what is typed in the place of what is selected. Left to itself the browser joins the lines of the selection and
 * writes styles into them, which the content policy refuses.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput(e, view) {
    const { main, ranges } = view.state.selection;
    const text = e.data;
    if (e.inputType !== "insertText" || !text || main.empty || ranges.length > 1 || view.composing || view.state.readOnly) return false;
    const change = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((take) => take(view, main.from, main.to, text, change))) view.dispatch(change());
    return true;
  },
});

/** A change that the page made: it knows of it. */
const given = Annotation.define<boolean>();

/**
 * Tells what was typed, and has it drawn at once, as with any other text box: left to React it would wait for a task of
 * its own, and a key that comes before that would work on the text of a moment ago.
 */
const onTyped = (tell: (text: string) => void) =>
  EditorView.updateListener.of((u) => {
    if (u.docChanged && !u.transactions.some((t) => t.annotation(given))) flushSync(() => tell(u.state.doc.toString()));
  });

/**
 * A text box that knows a language. It is loaded when the first one is shown. Tab leaves it, as it leaves any other;
 * Enter takes what completion offers, Ctrl+Space asks for it.
 */
export function Code({ value, onChange, onBlur, language, attributes, disabled, mark, chosen }: CodeProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const parts = useRef({ language: new Compartment(), attributes: new Compartment(), reading: new Compartment() });
  const tell = useRef({ onChange, onBlur });
  tell.current = { onChange, onBlur };
  useLayoutEffect(() => {
    const { language: l, attributes: a, reading: r } = parts.current;
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(),
          history(),
          closeBrackets(),
          bracketMatching(),
          autocompletion(),
          lintGutter(),
          look,
          typeOver,
          l.of(language),
          a.of(EditorView.contentAttributes.of(attributes)),
          r.of(EditorState.readOnly.of(!!disabled)),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap.filter((k) => k.key !== "Mod-Enter")]),
          onTyped((text) => tell.current.onChange(text)),
          EditorView.domEventHandlers({ blur: () => tell.current.onBlur?.() }),
          EditorView.lineWrapping,
        ],
      }),
    });
    view.current = made;
    if (chosen) {
      const within = (at: number) => Math.min(at, made.state.doc.length);
      made.dispatch({ selection: { anchor: within(chosen.anchor), head: within(chosen.head) } });
      made.focus();
    }
    return () => made.destroy();
    // eslint-disable-next-line -- the editor keeps its own text; what changes of the rest is told below
  }, []);
  useEffect(() => view.current?.dispatch({ effects: parts.current.language.reconfigure(language) }), [language]);
  useEffect(() => view.current?.dispatch({ effects: parts.current.reading.reconfigure(EditorState.readOnly.of(!!disabled)) }), [disabled]);
  const named = JSON.stringify(attributes);
  useEffect(() => view.current?.dispatch({ effects: parts.current.attributes.reconfigure(EditorView.contentAttributes.of(JSON.parse(named) as Record<string, string>)) }), [named]);
  useLayoutEffect(() => {
    const v = view.current;
    if (v && v.state.doc.toString() !== value) v.dispatch({ changes: { from: 0, to: v.state.doc.length, insert: value }, annotations: given.of(true) });
  }, [value]);
  useEffect(() => {
    const v = view.current;
    if (!v) return;
    const from = Math.min(mark?.at ?? 0, v.state.doc.length);
    const to = v.state.wordAt(from)?.to ?? Math.min(from + 1, v.state.doc.length);
    v.dispatch(setDiagnostics(v.state, mark ? [{ from, to, severity: "error", message: mark.message }] : []));
    if (mark) v.dispatch({ selection: { anchor: from } });
  }, [mark]);
  return <div ref={host} className="flex min-w-0 flex-1" />;
}
