import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { pb, problem } from "@/lib/pb";
import type { Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { IconButton } from "@/parts/button";

const isExpression = /[=<>~]|&&|\|\|/;

/** Plain words search the fields that hold text; whatever has an operator in it is a filter already. */
export function asFilter(c: Collection, text: string): string {
  const t = text.trim();
  if (!t || isExpression.test(t)) return t;
  const fields = c.fields.filter((f) => ["text", "email", "url", "editor", "select"].includes(f.type) && !f.hidden).map((f) => f.name);
  return pb.filter((fields.length ? fields : ["id"]).map((f) => `${f} ~ {:t}`).join(" || "), { t });
}

/** Names that stand where the text ends: fields, and what follows a dot of a relation is left to the server. */
function completions(c: Collection, text: string): string[] {
  const word = /[@\w.:]*$/.exec(text)?.[0] ?? "";
  if (!word) return [];
  const names = [...c.fields.filter((f) => f.type !== "password").map((f) => f.name), "@now", "@todayStart", "@todayEnd", "@monthStart", "@yearStart"];
  return names.filter((n) => n.toLowerCase().startsWith(word.toLowerCase()) && n !== word).slice(0, 8);
}

/** One line that takes plain words or a filter of the API. */
export function FilterLine({ collection, value, error, onChange }: { collection: Collection; value: string; error?: unknown; onChange: (q: string) => void }) {
  const [text, setText] = useState(value);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => setText(value), [value]);
  useAction({ id: "filter", name: "Filter the records", group: "Records", keys: ["/"], run: () => ref.current?.focus() });
  const list = open ? completions(collection, text) : [];
  const take = (name: string) => {
    setText(text.replace(/[@\w.:]*$/, name + " "));
    setAt(-1);
    ref.current?.focus();
  };
  return (
    <div className="relative flex min-w-60 flex-1 max-md:min-w-40 flex-col">
      <div className="relative">
        <Search size={14} strokeWidth={1.5} aria-hidden className="absolute top-2.25 left-2 text-faint" />
        <input
          ref={ref}
          role="combobox"
          aria-label="Filter"
          aria-expanded={list.length > 0}
          aria-controls="filter-names"
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? `filter-name-${at}` : undefined}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? "filter-error" : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder="Words, or a filter: views > 100 && created > @todayStart"
          className="h-8 w-full rounded-sm border border-border bg-bg pr-8 pl-7 font-mono text-grid aria-invalid:border-danger"
          value={text}
          onChange={(e) => (setText(e.target.value), setOpen(true), setAt(-1))}
          onBlur={() => setOpen(false)}
          onKeyDown={(e) => {
            if (e.key === "ArrowDown" && list.length) {
              e.preventDefault();
              setAt((n) => Math.min(n + 1, list.length - 1));
            } else if (e.key === "ArrowUp" && list.length) {
              e.preventDefault();
              setAt((n) => Math.max(n - 1, -1));
            } else if (e.key === "Tab" && list.length && !e.shiftKey) {
              e.preventDefault();
              take(list[Math.max(at, 0)]!);
            } else if (e.key === "Enter") {
              e.preventDefault();
              if (at >= 0) return take(list[at]!);
              setOpen(false);
              onChange(text.trim());
            } else if (e.key === "Escape") {
              e.stopPropagation();
              if (list.length) setOpen(false);
              else {
                setText(value);
                ref.current?.blur();
              }
            }
          }}
        />
        {text && (
          <span className="absolute top-0.5 right-0.5">
            <IconButton name="Clear the filter" icon={X} onClick={() => (setText(""), onChange(""), ref.current?.focus())} />
          </span>
        )}
      </div>
      <ul id="filter-names" role="listbox" aria-label="Names" hidden={!list.length} className="absolute top-9 left-0 z-20 min-w-48 rounded-md border bg-bg p-1 shadow-layer">
        {list.map((n, i) => (
          <li key={n} id={`filter-name-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => (e.preventDefault(), take(n))} className={`cursor-default rounded-sm px-2 py-0.5 font-mono text-grid ${i === at ? "bg-selected" : "hover:bg-hover"}`}>
            {n}
          </li>
        ))}
      </ul>
      {!!error && <p id="filter-error" role="alert" className="pt-1 text-grid text-danger">{problem(error).message}</p>}
    </div>
  );
}
