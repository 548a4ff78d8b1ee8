import clsx from "clsx";
import { useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { box, type Wired } from "@/parts/input";

/** The word that is being typed where the caret stands. */
const wordAt = (text: string, caret: number) => /[@\w.:]*$/.exec(text.slice(0, caret))?.[0] ?? "";

/** A rule in its own language, with the names that may stand where the caret is. */
export function RuleInput({ label, value, names, wired, disabled, autoFocus, onChange }: { label: string; value: string; names: string[]; wired?: Wired; disabled?: boolean; autoFocus?: boolean; onChange: (rule: string) => void }) {
  const list = useId();
  const ref = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const word = wordAt(value, caret);
  const last = word.slice(word.lastIndexOf(".") + 1).toLowerCase();
  const hits = open && word ? names.filter((n) => n !== word && (n.toLowerCase().startsWith(word.toLowerCase()) || (!word.includes(".") && last.length > 1 && n.toLowerCase().includes(last)))).slice(0, 10) : [];
  const take = (name: string) => {
    const start = caret - word.length;
    const end = start + name.length;
    // The caret stands behind the name before the next key comes: who types fast would write into the midst of it.
    flushSync(() => {
      onChange(value.slice(0, start) + name + value.slice(caret));
      setOpen(false);
      setCaret(end);
    });
    ref.current?.setSelectionRange(end, end);
  };
  return (
    <div className="relative">
      <textarea
        ref={ref}
        {...wired}
        aria-label={label}
        aria-haspopup="listbox"
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={hits.length ? `${list}-${at}` : undefined}
        autoFocus={autoFocus}
        disabled={disabled}
        spellCheck={false}
        autoComplete="off"
        rows={2}
        className={clsx(box, "field-sizing-content max-h-80 min-h-14 py-1.5 font-mono text-grid!")}
        value={value}
        onChange={(e) => {
          onChange(e.target.value);
          setCaret(e.target.selectionStart);
          setOpen(true);
          setAt(0);
        }}
        onSelect={(e) => setCaret(e.currentTarget.selectionStart)}
        onBlur={() => setOpen(false)}
        onKeyDown={(e) => {
          if (!hits.length) return;
          if (e.key === "ArrowDown" || e.key === "ArrowUp") {
            e.preventDefault();
            setAt((n) => (n + (e.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length);
          } else if ((e.key === "Tab" && !e.shiftKey) || (e.key === "Enter" && !e.ctrlKey && !e.metaKey)) {
            e.preventDefault();
            take(hits[at]!);
          } else if (e.key === "Escape") {
            e.preventDefault();
            e.stopPropagation();
            setOpen(false);
          }
        }}
      />
      <ul id={list} role="listbox" aria-label="Names" hidden={!hits.length} className="absolute top-full left-0 z-20 mt-1 min-w-60 rounded-md border bg-bg p-1 shadow-layer">
        {hits.map((n, i) => (
          <li key={n} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => (e.preventDefault(), take(n))} className={clsx("cursor-default rounded-sm px-2 py-0.5 font-mono text-grid", i === at ? "bg-selected" : "hover:bg-hover")}>
            {n}
          </li>
        ))}
      </ul>
    </div>
  );
}
