import { useId, useState, type Ref } from "react";
import { box } from "@/parts/input";

/** One thing that can be picked. */
export interface Pick {
  key: string;
  name: string;
  hint?: string;
}

/** Picks one of many by typing a part of its name: type, Enter. It is opened by its focus and shows what is picked otherwise. */
export function Picker({ id, label, picked, picks, looking, onFind, onPick, ref }: { id: string; label: string; picked: string; picks: Pick[]; looking?: boolean; onFind: (text: string) => void; onPick: (key: string) => void; ref?: Ref<HTMLInputElement> }) {
  const list = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const find = (t: string) => {
    setText(t);
    setAt(0);
    onFind(t);
  };
  const show = (on: boolean) => {
    setOpen(on);
    find("");
  };
  const pick = (p: Pick | undefined) => {
    if (!p) return;
    onPick(p.key);
    show(false);
  };
  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (!open) return show(true);
      setAt((n) => Math.max(0, Math.min(picks.length - 1, n + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter" && open && !e.ctrlKey && !e.metaKey) {
      e.preventDefault();
      pick(picks[at]);
    } else if (e.key === "Escape" && open) {
      e.stopPropagation();
      show(false);
    }
  };
  return (
    <div className="relative">
      <input
        ref={ref}
        id={id}
        role="combobox"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && picks[at] ? `${list}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={open ? "Find by name or id" : ""}
        className={`${box} h-8`}
        value={open ? text : picked}
        onFocus={() => show(true)}
        onClick={() => open || show(true)}
        onBlur={() => show(false)}
        onChange={(e) => (open || setOpen(true), find(e.target.value))}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label={label} hidden={!open} className="absolute inset-x-0 top-9 z-20 max-h-64 overflow-auto rounded-md border bg-bg p-1 shadow-layer">
        {picks.map((p, i) => (
          <li key={p.key} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => (e.preventDefault(), pick(p))} className={`flex min-h-7 cursor-default items-center justify-between gap-3 rounded-sm px-2 ${i === at ? "bg-selected" : "hover:bg-hover"}`}>
            <span className="truncate">{p.name}</span>
            <span className="truncate font-mono text-label text-muted">{p.hint}</span>
          </li>
        ))}
        {!picks.length && <li role="option" aria-selected={false} aria-disabled className="px-2 py-1 text-muted">{looking ? "Looking…" : "Nothing found."}</li>}
      </ul>
    </div>
  );
}
