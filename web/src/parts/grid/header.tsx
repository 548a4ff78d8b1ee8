import { ArrowDown, ArrowUp, Columns3, EyeOff } from "lucide-react";
import { useRef, useState } from "react";
import { kindOf } from "@/fields";
import { Button } from "@/parts/button";
import type { Column, useColumns } from "@/parts/grid/columns";
import { widthToFit } from "@/parts/grid/fit";
import { TextInput } from "@/parts/input";
import { Menu, MenuItem, MenuLine, Popover } from "@/parts/menu";

type Columns = ReturnType<typeof useColumns>;

/** The next sorting by a column: ascending, descending, none. With others kept when it is added to them. */
export function nextSort(sort: string, name: string, add: boolean): string {
  const parts = sort.split(",").filter(Boolean);
  const now = parts.find((p) => p.replace(/^[+-]/, "") === name);
  const next = !now ? name : now.startsWith("-") ? undefined : `-${name}`;
  if (!add) return next ?? "";
  return (now ? parts.map((p) => (p === now ? next : p)) : [...parts, next]).filter(Boolean).join(",");
}

/** A column's name: a click sorts by it, its menu does the rest. */
export function ColumnHeader({ column, columns, sort, onSort, onStatistics, mayGroup }: { column: Column; columns: Columns; sort: string; onSort: (s: string) => void; onStatistics?: () => void; mayGroup?: boolean }) {
  const f = column.field;
  const Icon = kindOf(f).icon;
  const by = sort.split(",").find((s) => s.replace(/^[+-]/, "") === f.name);
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button type="button" tabIndex={-1} className="flex min-w-0 flex-1 items-center gap-1.5 font-medium" onClick={(e) => onSort(nextSort(sort, f.name, e.shiftKey))}>
        <Icon size={14} strokeWidth={1.5} aria-label={kindOf(f).word} className="shrink-0 text-muted" />
        <span data-name className="truncate">{f.name}</span>
        {f.hidden && <EyeOff size={12} strokeWidth={1.5} aria-label="hidden from the API" className="shrink-0 text-warning" />}
        {by && (by.startsWith("-") ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
      </button>
      <Menu backTo={() => trigger.current?.closest("[role=columnheader]")} trigger={<button ref={trigger} data-menu type="button" tabIndex={-1} aria-label={`Column ${f.name}`} className="mr-2 size-6 rounded-sm opacity-0 group-hover:opacity-100 hover:bg-hover focus-visible:opacity-100 data-[state=open]:opacity-100">⋯</button>}>
        <MenuItem onSelect={() => onSort(f.name)}>Sort ascending</MenuItem>
        <MenuItem onSelect={() => onSort(`-${f.name}`)}>Sort descending</MenuItem>
        <MenuItem onSelect={() => onSort([...sort.split(",").filter((s) => s && s.replace(/^-/, "") !== f.name), f.name].join(","))}>Add to the sorting</MenuItem>
        {mayGroup && <MenuItem onSelect={() => columns.group(columns.layout.group === f.name ? undefined : f.name)}>{columns.layout.group === f.name ? "Stop grouping" : "Group by it"}</MenuItem>}
        {onStatistics && <MenuItem onSelect={onStatistics}>Statistics</MenuItem>}
        <MenuLine />
        <MenuItem onSelect={() => columns.pin(f.name)}>{column.pinned ? "Let it scroll" : "Pin to the left"}</MenuItem>
        <MenuItem onSelect={() => columns.move(f.name, -1)}>Move left</MenuItem>
        <MenuItem onSelect={() => columns.move(f.name, 1)}>Move right</MenuItem>
        <MenuItem onSelect={() => columns.resize(f.name, column.width + 40)}>Wider</MenuItem>
        <MenuItem onSelect={() => columns.resize(f.name, column.width - 40)}>Narrower</MenuItem>
        <MenuItem onSelect={() => columns.resize(f.name, widthToFit(trigger.current!))}>Width to fit</MenuItem>
        <MenuItem onSelect={() => columns.toggle(f.name)}>Hide</MenuItem>
      </Menu>
    </>
  );
}

/** Chooses which columns are shown. */
export function ColumnsButton({ columns }: { columns: Columns }) {
  const [find, setFind] = useState("");
  const { hidden } = columns.layout;
  return (
    <Popover name="Columns" align="end" trigger={<Button icon={Columns3}>{hidden.length ? `${columns.shown.length} of ${columns.all.length} columns` : "Columns"}</Button>}>
      <div className="flex w-60 flex-col gap-2">
        <TextInput aria-label="Find a column" placeholder="Find" value={find} onChange={(e) => setFind(e.target.value)} />
        <div className="flex max-h-80 flex-col overflow-auto">
          {columns.all.filter((c) => c.field.name.includes(find)).map((c) => (
            <label key={c.field.id} className="flex min-h-7 items-center gap-2 rounded-sm px-1 hover:bg-hover">
              <input type="checkbox" className="size-4 accent-accent" checked={!hidden.includes(c.field.name)} onChange={() => columns.toggle(c.field.name)} />
              {c.field.name}
            </label>
          ))}
        </div>
        <div className="flex gap-2 border-t pt-2">
          <Button look="quiet" onClick={() => columns.set({ hidden: [] })}>All</Button>
          <Button look="quiet" onClick={() => columns.set({ hidden: columns.all.map((c) => c.field.name).filter((n) => n !== "id") })}>The id alone</Button>
        </div>
      </div>
    </Popover>
  );
}
