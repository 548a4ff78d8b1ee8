import clsx from "clsx";
import { ChevronRight, Lock, MoreHorizontal, Trash2, Undo2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { kindOf, kinds } from "@/fields";
import type { CollectionMark, FieldDef } from "@/lib/collections";
import { IconButton } from "@/parts/button";
import { box } from "@/parts/input";
import { Menu, MenuItem } from "@/parts/menu";
import { newField, readLine, type Draft } from "@/parts/schema/model";
import { FieldOptions } from "@/parts/schema/options";

interface Props {
  draft: Draft;
  collections: CollectionMark[];
  faults: Record<string, string>;
  focus: boolean;
  onChange: (d: Draft) => void;
  onEnter: () => void;
  onPaste: (text: string) => boolean;
  onMove: (by: number) => void;
  onCopy: () => void;
  unique: boolean;
  onUnique: (on: boolean) => void;
}

/** One field of a schema as a line: what it is called, what it is, and its marks; the rest is in a drawer. */
export function FieldRow({ draft: d, collections, faults, focus, onChange, onEnter, onPaste, onMove, onCopy, unique, onUnique }: Props) {
  const [open, setOpen] = useState(false);
  const name = useRef<HTMLInputElement>(null);
  const f = d.def;
  const locked = !!f.system;
  const fault = Object.entries(faults);
  const Icon = kindOf(f).icon;
  useEffect(() => {
    if (focus) name.current?.focus();
  }, [focus]);
  const set = (change: Partial<FieldDef>) => onChange({ ...d, def: { ...f, ...change } });
  /** "views number!" typed as a name becomes a name, a type and a mark. */
  const spread = () => {
    if (!/[\s:(!]/.test(f.name.trim())) return;
    const read = readLine(f.name, collections);
    if (read) onChange({ ...d, def: { ...read.def, id: f.id } });
  };
  if (d.dropped)
    return (
      <li className="flex min-h-9 items-center gap-2 rounded-sm border border-dashed border-danger px-2">
        <s className="text-muted">{f.name}</s>
        <span className="text-grid text-danger">is dropped with all its values when you save</span>
        <span className="ml-auto"><IconButton name={`Keep ${f.name}`} icon={Undo2} onClick={() => onChange({ ...d, dropped: false })} /></span>
      </li>
    );
  return (
    <li
      className="flex flex-col gap-1"
      onKeyDown={(e) => {
        if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) {
          e.preventDefault();
          onMove(e.key === "ArrowUp" ? -1 : 1);
        } else if ((e.ctrlKey || e.metaKey) && e.key === "d") {
          e.preventDefault();
          onCopy();
        }
      }}
    >
      <div className={clsx("flex flex-wrap items-center gap-1.5 rounded-sm border px-1.5 py-1", fault.length ? "border-danger" : "border-line")}>
        <IconButton name={open ? `Close the options of ${f.name}` : `Options of ${f.name}`} icon={ChevronRight} aria-expanded={open} className={open ? "rotate-90" : ""} onClick={() => setOpen(!open)} />
        <Icon size={16} strokeWidth={1.5} aria-hidden className="text-muted" />
        <input
          ref={name}
          aria-label="Name of the field"
          aria-invalid={faults["name"] ? true : undefined}
          disabled={locked}
          spellCheck={false}
          placeholder="title text!"
          className={`${box} h-8 w-36! flex-1 font-mono text-body!`}
          value={f.name}
          onChange={(e) => set({ name: e.target.value })}
          onBlur={spread}
          onPaste={(e) => onPaste(e.clipboardData.getData("text")) && e.preventDefault()}
          onKeyDown={(e) => {
            if (e.key !== "Enter" || e.ctrlKey || e.metaKey) return;
            e.preventDefault();
            spread();
            onEnter();
          }}
        />
        <select aria-label={`Type of ${f.name}`} disabled={locked} className={`${box} h-8 w-28!`} value={f.type} onChange={(e) => onChange({ ...d, def: { ...newField(f.name, e.target.value).def, id: f.id, required: f.required, hidden: f.hidden, presentable: f.presentable } })}>
          {kinds.map((k) => <option key={k.type} value={k.type}>{k.word}</option>)}
        </select>
        {f.type === "relation" && <span className="max-w-40 truncate text-grid text-muted">to {collections.find((c) => c.id === f["collectionId"])?.name ?? "nothing yet"}</span>}
        {f.type !== "autodate" && <Mark name="required" on={!!f.required} disabled={locked} onChange={(required) => set({ required })} />}
        <Mark name="unique" on={unique} disabled={locked || !f.name} onChange={onUnique} />
        <Mark name="hidden" on={!!f.hidden} disabled={locked && f.name === "id"} onChange={(hidden) => set({ hidden })} />
        <Mark name="presentable" on={!!f.presentable} onChange={(presentable) => set({ presentable })} />
        <span className="ml-auto flex">
          {locked ? (
            <span className="inline-flex size-7 items-center justify-center" title="The system needs this field">
              <Lock size={14} strokeWidth={1.5} aria-label="The system needs this field" />
            </span>
          ) : (
            <>
              <Menu trigger={<IconButton name={`More of ${f.name}`} icon={MoreHorizontal} />}>
                <MenuItem keys="alt+↑" onSelect={() => onMove(-1)}>Move up</MenuItem>
                <MenuItem keys="alt+↓" onSelect={() => onMove(1)}>Move down</MenuItem>
                <MenuItem keys="mod+d" onSelect={onCopy}>Duplicate</MenuItem>
              </Menu>
              <IconButton name={`Drop ${f.name}`} icon={Trash2} onClick={() => onChange({ ...d, dropped: true })} />
            </>
          )}
        </span>
      </div>
      {fault.map(([k, text]) => <p key={k} role="alert" className="pl-10 text-grid text-danger">{k === "name" || k === "" ? text : `${k}: ${text}`}</p>)}
      {open && <FieldOptions field={f} faults={faults} collections={collections} onChange={set} />}
    </li>
  );
}

function Mark({ name, on, disabled, onChange }: { name: string; on: boolean; disabled?: boolean; onChange: (on: boolean) => void }) {
  return (
    <button type="button" aria-pressed={on} disabled={disabled} onClick={() => onChange(!on)} className={clsx("target inline-flex h-6 items-center rounded-sm border px-1.5 text-label disabled:opacity-60", on ? "border-accent bg-selected font-medium text-text" : "border-line text-muted hover:bg-hover")}>
      {name}
    </button>
  );
}
