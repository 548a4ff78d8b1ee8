import { useEffect, useRef, useState } from "react";
import { kindOf } from "@/fields";
import { RelationEditor } from "@/fields/relation";
import { isMany, type Row } from "@/fields/kind";
import type { FieldDef } from "@/lib/collections";

export type Way = "down" | "right" | "left" | "stay";

/**
 * Edits a cell where it is. onDone gets the new value, or undefined when nothing has changed, and which way the
 * focus goes.
 */
export function CellEditor({ field, row, first, onDone }: { field: FieldDef; row: Row; first?: string; onDone: (value: unknown, way: Way) => void }) {
  const kind = kindOf(field);
  if (field.type === "relation") return <RelationCell field={field} row={row} onDone={onDone} />;
  if (kind.inline === "list" && !isMany(field)) return <ListCell field={field} row={row} onDone={onDone} />;
  return <TextCell field={field} row={row} first={first} onDone={onDone} />;
}

interface Props {
  field: FieldDef;
  row: Row;
  onDone: (value: unknown, way: Way) => void;
}

const box = "absolute inset-0 z-10 w-full bg-bg px-2 text-grid outline-2 -outline-offset-2 outline-accent";

function TextCell({ field, row, first, onDone }: Props & { first?: string }) {
  const kind = kindOf(field);
  const before = kind.text(row[field.name], field);
  const [text, setText] = useState(first ?? before);
  const [odd, setOdd] = useState(false);
  const ref = useRef<HTMLInputElement>(null);
  const over = useRef(false);
  useEffect(() => {
    ref.current?.focus();
    if (first === undefined) ref.current?.select();
  }, [first]);
  const end = (way: Way) => {
    if (over.current) return;
    if (text === before) return (over.current = true), onDone(undefined, way);
    const value = kind.parse(text, field);
    if (value === undefined) return setOdd(true);
    over.current = true;
    onDone(value, way);
  };
  return (
    <>
      <input
        ref={ref}
        aria-label={field.name}
        aria-invalid={odd || undefined}
        className={`${box} ${odd ? "outline-danger" : ""} ${kind.right ? "text-right tabular" : ""}`}
        value={text}
        onChange={(e) => (setText(e.target.value), setOdd(false))}
        onBlur={() => end("stay")}
        onKeyDown={(e) => {
          e.stopPropagation();
          if (e.key === "Escape") {
            over.current = true;
            onDone(undefined, "stay");
          } else if (e.key === "Enter") {
            e.preventDefault();
            end("down");
          } else if (e.key === "Tab") {
            e.preventDefault();
            end(e.shiftKey ? "left" : "right");
          }
        }}
      />
      {odd && <span role="alert" className="absolute top-full left-0 z-20 rounded-sm border border-danger bg-bg px-2 text-grid text-danger shadow-layer">This is no {kind.word.toLowerCase()}.</span>}
    </>
  );
}

function ListCell({ field, row, onDone }: Props) {
  const ref = useRef<HTMLSelectElement>(null);
  const before = String(row[field.name] ?? "");
  const over = useRef(false);
  useEffect(() => ref.current?.focus(), []);
  const end = (value: unknown, way: Way) => {
    if (over.current) return;
    over.current = true;
    onDone(value === before ? undefined : value, way);
  };
  return (
    <select
      ref={ref}
      aria-label={field.name}
      className={box}
      defaultValue={before}
      onChange={(e) => end(e.target.value, "stay")}
      onBlur={(e) => end(e.target.value, "stay")}
      onKeyDown={(e) => {
        e.stopPropagation();
        if (e.key === "Escape") end(before, "stay");
        else if (e.key === "Enter") {
          e.preventDefault();
          end(e.currentTarget.value, "down");
        } else if (e.key === "Tab") {
          e.preventDefault();
          end(e.currentTarget.value, e.shiftKey ? "left" : "right");
        }
      }}
    >
      <option value="">–</option>
      {((field["values"] as string[]) ?? []).map((v) => <option key={v}>{v}</option>)}
    </select>
  );
}

function RelationCell({ field, row, onDone }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  const [value, setValue] = useState<unknown>(row[field.name]);
  const over = useRef(false);
  useEffect(() => ref.current?.querySelector("input")?.focus(), []);
  const end = (v: unknown, way: Way) => {
    if (over.current) return;
    over.current = true;
    onDone(JSON.stringify(v) === JSON.stringify(row[field.name]) ? undefined : v, way);
  };
  return (
    <div
      ref={ref}
      className="absolute top-0 left-0 z-20 w-72 rounded-sm border border-accent bg-bg p-1 shadow-layer"
      onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && end(value, "stay")}
      onKeyDownCapture={(e) => {
        // Once, although a list is open: it is all one editor.
        if (e.key !== "Escape") return;
        e.stopPropagation();
        end(row[field.name], "stay");
      }}
      onKeyDown={(e) => {
        if (e.key === "Enter") {
          e.stopPropagation();
          end(value, "down");
        } else if (e.key === "Tab") {
          e.preventDefault();
          e.stopPropagation();
          end(value, e.shiftKey ? "left" : "right");
        } else e.stopPropagation();
      }}
    >
      <RelationEditor
        field={field}
        row={row}
        value={isMany(field) ? value : ""}
        wired={{ id: `edit-${field.name}` }}
        onChange={(v) => (setValue(v), isMany(field) || end(v, "stay"))}
      />
    </div>
  );
}
