import { Editor } from "@tiptap/core";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { isWeb } from "@/fields/url";
import { nonce } from "@/lib/pb";
import { unstyled } from "@/parts/framed";
import type { Wired } from "@/parts/input";
import { read, write } from "@/parts/rich/html";
import { dress } from "@/parts/rich/look";
import { extensions } from "@/parts/rich/schema";
import { Toolbar, type Picture } from "@/parts/rich/toolbar";

interface Props {
  name: string;
  html: string;
  wired: Wired;
  disabled?: boolean;
  pictures: Picture[];
  /** Is told what was written; the very HTML that was given when the text is as it was. */
  onChange: (html: string) => void;
}

/** A link is followed with Ctrl, and where nothing is written by a plain click: to the web alone, in a tab of its own. */
function follow(e: MouseEvent, written: boolean): void {
  const link = (e.target as Element).closest("a");
  if (!link) return;
  e.preventDefault();
  if (isWeb(link.href) && (!written || e.ctrlKey || e.metaKey)) open(link.href, "_blank", "noopener,noreferrer");
}

/** A text as it looks, being written. Tab leaves it. */
export function RichText({ name, html, wired, disabled, pictures, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<Editor>();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const told = useRef(html);
  const tell = useRef(onChange);
  tell.current = onChange;
  const attributes = { id: wired.id, role: "textbox", "aria-multiline": "true", "aria-labelledby": `${wired.id}-label`, class: "rich", ...(wired["aria-describedby"] && { "aria-describedby": wired["aria-describedby"] }), ...(wired["aria-invalid"] && { "aria-invalid": "true" }), ...(disabled && { "aria-readonly": "true", tabindex: "0" }) };
  const named = JSON.stringify(attributes);
  useEffect(() => {
    dress();
    const given = told.current;
    const made = new Editor({
      element: host.current!,
      extensions,
      injectNonce: nonce,
      content: read(given).toJSON() as object,
      editorProps: {
        attributes,
        transformPastedHTML: unstyled,
        // Lists would take Tab for themselves: it leaves the text, as it leaves any other box.
        handleDOMEvents: { keydown: (_, e) => e.key === "Tab", click: (view, e) => follow(e, view.editable) },
      },
    });
    const asGiven = write(made.state.doc);
    made.on("transaction", redraw);
    made.on("update", () => {
      const now = write(made.state.doc);
      told.current = now === asGiven ? given : now;
      // Drawn at once: a key that comes before it would be would save the text of a moment ago.
      flushSync(() => tell.current(told.current));
    });
    setEditor(made);
    return () => made.destroy();
    // eslint-disable-next-line -- the editor keeps its own text; what changes of the rest is told below
  }, []);
  useEffect(() => editor?.setEditable(!disabled, false), [editor, disabled]);
  useEffect(() => editor?.setOptions({ editorProps: { ...editor.options.editorProps, attributes: JSON.parse(named) as Record<string, string> } }), [editor, named]);
  useLayoutEffect(() => {
    if (!editor || html === told.current) return;
    told.current = html;
    editor.commands.setContent(read(html).toJSON() as object, { emitUpdate: false });
  }, [editor, html]);
  return (
    <div>
      {editor && !disabled && <Toolbar editor={editor} label={`Format of ${name}`} pictures={pictures} />}
      <div ref={host} />
    </div>
  );
}
