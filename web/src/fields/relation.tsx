import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUpRight, Share2, X } from "lucide-react";
import { useDeferredValue, useEffect, useId, useState } from "react";
import { isMany, listOf, type EditorProps, type FieldKind, type Row } from "@/fields/kind";
import { readList } from "@/fields/list";
import { collectionQuery, nameOf, type FieldDef } from "@/lib/collections";
import { seek } from "@/lib/seek";
import { pb } from "@/lib/pb";
import { IconButton } from "@/parts/button";
import { box } from "@/parts/input";

const target = (f: FieldDef) => String(f["collectionId"] ?? "");

/** The records that a relation points to, as far as the answer has brought them along. */
function brought(row: Row | undefined, f: FieldDef): Row[] {
  const e = row?.expand?.[f.name];
  return (Array.isArray(e) ? e : e ? [e] : []) as Row[];
}

export const relation: FieldKind = {
  type: "relation",
  word: "Relation",
  icon: Share2,
  width: 180,
  inline: "list",
  zero: (f) => (isMany(f) ? [] : ""),
  text: (v) => listOf(v).join(", "),
  parse: (s, f) => {
    const ids = readList(s);
    if (ids.length > 1 && !isMany(f)) return undefined;
    return isMany(f) ? ids : (ids[0] ?? "");
  },
  Cell: function Cell({ value, field, row }) {
    const [ids, rows] = [listOf(value).slice(0, 6), brought(row, field)];
    // Relations that were changed lead to records that the answer has not brought along.
    const Shown = areHere(ids, rows) ? Names : Sought;
    return <Shown field={field} ids={ids} rows={rows} />;
  },
  Editor: RelationEditor,
};

interface Related {
  field: FieldDef;
  ids: string[];
  /** Records that are here: they may be others. */
  rows: Row[];
}

const areHere = (ids: string[], rows: Row[]): boolean => ids.every((id) => rows.some((r) => r.id === id));

function Names({ field, ids, rows }: Related) {
  const { data } = useQuery({ ...collectionQuery(target(field)), enabled: !!target(field) });
  const known = new Map(rows.map((r) => [r.id, nameOf(data, r)]));
  return (
    <span className="inline-flex gap-1">
      {ids.map((id) => <span key={id} className="max-w-40 truncate rounded-sm border bg-panel px-1">{known.get(id) ?? id}</span>)}
    </span>
  );
}

const Sought = (p: Related) => <Names {...p} rows={useRelated(p)} />;

const relatedKey = (f: FieldDef, ids: string[]) => ["related", target(f), ids.toSorted().join()];

/** The records of ids: from the server, unless all are here. */
function useRelated({ field, ids, rows }: Related): Row[] {
  const { data } = useQuery({
    queryKey: relatedKey(field, ids),
    queryFn: () => pb.collection(target(field)).getFullList<Row>({ filter: ids.map((id) => pb.filter("id = {:id}", { id })).join(" || "), batch: 200 }),
    enabled: !!target(field) && !areHere(ids, rows),
  });
  return data ?? rows;
}

/** Finds records by name or id and takes them: type, Enter. */
export function RelationEditor({ field, value, onChange, wired, row, disabled }: EditorProps) {
  const many = isMany(field);
  const chosen = listOf(value);
  const list = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const sought = useDeferredValue(text.trim());
  const { data: c } = useQuery({ ...collectionQuery(target(field)), enabled: !!target(field) });
  const client = useQueryClient();
  const related = useRelated({ field, ids: chosen, rows: brought(row, field) });
  const found = useQuery({
    queryKey: ["seek", c?.name, sought],
    queryFn: () => pb.collection(c!.name).getList<Row>(1, 10, { skipTotal: true, ...(sought && { filter: seek(c!, sought) }) }),
    enabled: !!c && open,
    placeholderData: (before) => before,
  });
  const names = new Map(related.map((r) => [r.id, nameOf(c, r)]));
  const hits = (found.data?.items ?? []).filter((r) => !chosen.includes(r.id));
  // What is shown may be the answer to letters from before: who was quicker takes the first of what is coming.
  const current = found.isSuccess && !found.isPlaceholderData && sought === text.trim();
  const [hurried, setHurried] = useState(false);
  const take = (r: Row | undefined) => {
    if (!r) return;
    const next = many ? [...chosen, r.id] : [r.id];
    client.setQueryData(relatedKey(field, next), [...related, r]);
    onChange(many ? next : r.id);
    setText("");
    setOpen(many);
    setAt(0);
  };
  useEffect(() => {
    if (!hurried || !current) return;
    setHurried(false);
    take(hits[0]);
  });
  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setOpen(true);
      setAt((n) => Math.max(0, Math.min(hits.length - 1, n + (e.key === "ArrowDown" ? 1 : -1))));
    } else if (e.key === "Enter" && open && (text.trim() || hits.length)) {
      e.preventDefault();
      e.stopPropagation();
      if (current) take(hits[at]);
      else setHurried(!!text.trim());
    } else if (e.key === "Escape" && open) {
      e.stopPropagation();
      setOpen(false);
    } else if (e.key === "Backspace" && !text && chosen.length) onChange(many ? chosen.slice(0, -1) : "");
  };
  return (
    <div className="flex flex-col gap-1">
      {chosen.map((id) => (
        <div key={id} className="flex items-center gap-1 rounded-sm border bg-panel pl-2">
          <span className="min-w-0 flex-1 truncate">{names.get(id) ?? id}</span>
          {c && (
            <Link to="/c/$name" params={{ name: c.name }} search={{ r: id }} aria-label={`Open ${names.get(id) ?? id}`} className="inline-flex size-7 items-center justify-center rounded-sm hover:bg-hover">
              <ArrowUpRight size={16} strokeWidth={1.5} aria-hidden />
            </Link>
          )}
          {!disabled && <IconButton name={`Remove ${names.get(id) ?? id}`} icon={X} onClick={() => onChange(many ? chosen.filter((x) => x !== id) : "")} />}
        </div>
      ))}
      {!disabled && (many || !chosen.length) && (
        <div className="relative">
          <input
            {...wired}
            role="combobox"
            aria-expanded={open}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={open && hits[at] ? `${list}-${at}` : undefined}
            autoComplete="off"
            placeholder={c ? `Find in ${c.name}` : ""}
            className={`${box} h-8`}
            value={text}
            onFocus={() => setOpen(true)}
            onBlur={() => setOpen(false)}
            onChange={(e) => (setText(e.target.value), setOpen(true), setAt(0), setHurried(false))}
            onKeyDown={onKeyDown}
          />
          <ul id={list} role="listbox" aria-label={`Records of ${c?.name ?? ""}`} hidden={!open} className="absolute inset-x-0 top-9 z-20 max-h-64 overflow-auto rounded-md border bg-bg p-1 shadow-layer">
            {hits.map((r, i) => (
              <li key={r.id} id={`${list}-${i}`} role="option" aria-selected={i === at} onMouseDown={(e) => (e.preventDefault(), take(r))} className={`flex min-h-7 cursor-default items-center justify-between gap-3 rounded-sm px-2 ${i === at ? "bg-selected" : "hover:bg-hover"}`}>
                <span className="truncate">{nameOf(c, r)}</span>
                <span className="font-mono text-label text-muted">{r.id}</span>
              </li>
            ))}
            {!hits.length && <li role="option" aria-selected={false} aria-disabled className="px-2 py-1 text-muted">{found.isFetching ? "Looking…" : "Nothing found."}</li>}
          </ul>
        </div>
      )}
    </div>
  );
}
