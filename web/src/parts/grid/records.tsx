import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Row } from "@/fields/kind";
import { deleteRecords, redo, undo } from "@/lib/edits";
import type { Collection, FieldDef } from "@/lib/collections";
import { whenLost } from "@/lib/focus";
import { useAction } from "@/lib/keys";
import { addressed, layoutIn, type LayoutName } from "@/lib/layouts";
import { useLive } from "@/lib/live";
import { useMedia } from "@/lib/media";
import { counted } from "@/lib/number";
import { pb, problem } from "@/lib/pb";
import { prefs } from "@/lib/prefs";
import { canGroup } from "@/lib/values";
import { pageSize, useCount, useRows } from "@/lib/rows";
import { discard, redoStaged, undoStaged, useEditing } from "@/lib/staged";
import { Button } from "@/parts/button";
import { asFilter, FilterLine } from "@/parts/filterline";
import { and, CellMenu } from "@/parts/grid/cellmenu";
import { useColumns, type Column } from "@/parts/grid/columns";
import { CellsSaid, CellWork } from "@/parts/grid/cellwork";
import { DataGrid, type GridHandle } from "@/parts/grid/datagrid";
import { Deleting } from "@/parts/grid/deleting";
import { GroupBar, groupSort, useGroups } from "@/parts/grid/groups";
import { ColumnHeader, ColumnsButton, nextSort } from "@/parts/grid/header";
import { RecordsHead } from "@/parts/grid/head";
import { None } from "@/parts/grid/none";
import type { Cells } from "@/parts/grid/range";
import { useSaving } from "@/parts/grid/saving";
import { Views } from "@/parts/grid/views";
import { LayoutMenu, LayoutSwitch } from "@/parts/layouts";
import { Failed, Skeleton } from "@/parts/states";
import { toastFailed } from "@/parts/toast";

const BulkBar = lazy(() => import("@/parts/grid/bulk/bar").then((m) => ({ default: m.BulkBar })));
const ChangeBar = lazy(() => import("@/parts/grid/staged/bar").then((m) => ({ default: m.ChangeBar })));
const Gallery = lazy(() => import("@/parts/gallery/gallery").then((m) => ({ default: m.Gallery })));
const Places = lazy(() => import("@/parts/map/places").then((m) => ({ default: m.Places })));
const Statistics = lazy(() => import("@/parts/grid/statistics").then((m) => ({ default: m.Statistics })));
const RecordPanel = lazy(() => import("@/parts/record/panel").then((m) => ({ default: m.RecordPanel })));

/** The field that is edited nowhere in the grid: the server sets it, it names the record, or it is a secret. */
const closed = (f: FieldDef) => !!f["primaryKey"] || f.type === "autodate" || f.type === "password";

/** On a phone a row is its id and two fields, those that stand first; the panel has the rest. */
const onPhone = (all: Column[]): Column[] => all.slice(0, 3).map((col) => ({ ...col, pinned: false, width: Math.floor((innerWidth - 36) / 3) }));

/** The grid of a collection, its filter line, and the panel beside it. */
export function Records({ collection: c }: { collection: Collection }) {
  const go = useNavigate();
  const { q = "", s = "", r, v, layout: asked } = useSearch({ from: "/c/$name" });
  const columns = useColumns(c);
  const layout = layoutIn(c, asked);
  const filter = asFilter(c, q);
  const groups = useGroups(c, layout === "table" ? columns.layout.group : undefined, filter, s);
  const ask = { collection: c, filter, sort: groups.field ? groupSort(s, groups.field.name) : s };
  const [range, setRange] = useState({ first: 0, last: pageSize - 1 });
  // Whole pages: scrolling within them asks for nothing, and draws nothing but the grid.
  const onRange = useCallback((first: number, last: number) => setRange((r) => {
    const pages = { first: first - (first % pageSize), last: last - (last % pageSize) + pageSize - 1 };
    return pages.first === r.first && pages.last === r.last ? r : pages;
  }), []);
  const rows = useRows(ask, range.first, range.last);
  const { fixed, staged, staging, seen, as } = useEditing(c);
  const row = (i: number) => as(rows.row(i));
  const saving = useSaving(c, q, staging);
  const total = useCount(ask, !rows.loading);
  const shown = useMedia("(max-width: 480px)") ? onPhone(columns.shown) : columns.shown;
  const live = useLive(c.name);
  const grid = useRef<GridHandle>(null);
  const [selected, setSelected] = useState(new Set<string>());
  const [cells, setCells] = useState<Cells>();
  const [dropping, setDropping] = useState<Row[]>();
  const [told, setTold] = useState<FieldDef>();
  const count = total.data ?? rows.seen;
  const search = (change: object) => void go({ to: "/c/$name", params: { name: c.name }, search: (now) => ({ ...now, ...change }) });
  const open = (id: string | undefined) => search({ r: id });
  const laid = (l: LayoutName) => ({ layout: v ? l : addressed(l) });
  const lay = (l: LayoutName) => search(laid(l));
  const editable = (f: FieldDef) => !fixed && !closed(f);

  useEffect(() => setSelected(new Set()), [q, c.id]);
  // Whoever leaves the panel is back at the row.
  const opened = useRef(r);
  useLayoutEffect(() => {
    if (opened.current && !r) whenLost(() => grid.current?.focus());
    opened.current = r;
  }, [r]);
  useAction({ id: "new-record", name: `New record in ${c.name}`, group: "Records", keys: ["n"], off: fixed, run: () => open("new") });
  useAction({ id: "undo", name: "Undo the last change of data", group: "Records", keys: ["mod+z"], off: fixed, run: () => undoStaged() || void undo() });
  useAction({ id: "redo", name: "Do it again", group: "Records", keys: ["mod+shift+z"], off: fixed, run: () => redoStaged() || void redo() });
  const walk = (by: number) => {
    const all = Array.from({ length: range.last - range.first + 1 }, (_, i) => range.first + i);
    const at = all.find((i) => rows.row(i)?.id === r);
    const next = rows.row((at ?? range.first - by) + by);
    if (next) {
      open(next.id);
      grid.current?.focusRow((at ?? 0) + by);
    }
  };
  useAction({ id: "next", name: "Next record", group: "Records", keys: ["j"], off: !r || layout === "map", run: () => walk(1) });
  useAction({ id: "previous", name: "Previous record", group: "Records", keys: ["k"], off: !r || layout === "map", run: () => walk(-1) });
  useAction({ id: "delete-selected", name: "Delete the selected records", group: "Records", off: !selected.size || fixed, run: () => void ids([...selected]).then(setDropping) });

  const ids = async (list: string[]): Promise<Row[]> => {
    const known = new Map<string, Row>();
    for (let i = range.first; i <= range.last; i++) {
      const row = rows.row(i);
      if (row) known.set(row.id, row);
    }
    const missing = list.filter((id) => !known.has(id));
    for (let i = 0; i < missing.length; i += 50) {
      const filter = missing.slice(i, i + 50).map((id) => pb.filter("id = {:id}", { id })).join(" || ");
      for (const row of await pb.collection(c.name).getFullList<Row>({ filter })) known.set(row.id, row);
    }
    return list.map((id) => known.get(id)).filter((row): row is Row => !!row);
  };

  /** The selected records: those in view in their order, then the others. */
  const topmost = async () => {
    const inView = Array.from({ length: range.last - range.first + 1 }, (_, i) => rows.row(range.first + i)?.id);
    const place = (id: string) => (inView.includes(id) ? inView.indexOf(id) : inView.length);
    return ids([...selected].toSorted((a, b) => place(a) - place(b)));
  };

  const onKey = (e: KeyboardEvent, row: Row | undefined) => {
    if (e.key !== "Delete" || fixed || (!selected.size && !row)) return;
    e.preventDefault();
    void ids(selected.size ? [...selected] : [row!.id]).then(setDropping);
  };

  const drop = async () => {
    const list = dropping ?? [];
    setDropping(undefined);
    try {
      await deleteRecords(c.name, list);
      setSelected(new Set());
      if (staged.length) discard(c.id, list.map((row) => row.id));
      if (list.some((row) => row.id === r)) open(undefined);
    } catch (err) {
      toastFailed(problem(err).message);
    }
  };

  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <RecordsHead
          collection={c}
          ask={ask}
          count={total.data}
          fixed={fixed}
          onNew={() => open("new")}
          views={
            <>
              <LayoutSwitch collection={c} value={layout} onChange={lay} />
              <Views collection={c} q={q} s={s} layout={layout} v={v} columns={columns} ready={!rows.loading} onSearch={search} />
            </>
          }
        />
        <div className="flex flex-wrap items-start gap-2 border-b px-4 py-2">
          <FilterLine collection={c} value={q} error={rows.error && problem(rows.error).status === 400 && q ? rows.error : undefined} onChange={(v) => search({ q: v || undefined })} />
          <LayoutMenu collection={c} value={layout} onChange={lay} drawn={columns.layout} onDraw={columns.set} />
          <ColumnsButton columns={columns} />
        </div>
        {groups.field && <GroupBar field={groups.field} error={groups.error} onEnd={() => columns.group(undefined)} />}
        {saving.bar}
        {live.fresh > 0 && (
          <div className="border-b px-4 py-1">
            <Button look="quiet" className="text-accent" onClick={live.show}>Show {live.fresh} new {live.fresh === 1 ? "record" : "records"}</Button>
          </div>
        )}
        {rows.error && !rows.seen ? (
          <Failed what="The records could not be read" error={rows.error} onRetry={rows.retry} />
        ) : rows.loading && !rows.seen ? (
          <Skeleton lines={14} />
        ) : !count && !rows.fetching ? (
          <None collection={c} filter={q} fixed={fixed} onClear={() => search({ q: undefined })} onNew={() => open("new")} />
        ) : layout === "gallery" ? (
          <Suspense fallback={<Skeleton lines={14} />}>
            <Gallery ref={grid} label={`Records of ${c.name}`} collection={c} columns={columns.shown} drawn={columns.layout} count={count} row={row} seen={seen} onRange={onRange} selected={selected} onSelect={setSelected} onOpen={(row) => open(row.id)} openId={r} onKey={onKey} />
          </Suspense>
        ) : layout === "map" ? (
          <Suspense fallback={<Skeleton lines={14} />}>
            <Places ref={grid} ask={ask} drawn={columns.layout} total={total.data} onElsewhere={(clause) => search({ q: and(filter, clause), ...laid("table") })} selected={selected} onSelect={setSelected} onOpen={(row) => open(row.id)} openId={r} onKey={onKey} />
          </Suspense>
        ) : (
          <DataGrid
            ref={grid}
            label={`Records of ${c.name}`}
            columns={shown}
            count={count}
            row={row}
            seen={seen}
            busy={rows.stale}
            onRange={onRange}
            sort={s}
            selected={selected}
            onSelect={setSelected}
            canEdit={editable}
            onSave={saving.save}
            onOpen={(row) => open(row.id)}
            openId={r}
            head={{ ...columns, sort: (name, add) => search({ s: nextSort(s, name, add) || undefined }) }}
            onCells={setCells}
            header={(col) => <ColumnHeader column={col} columns={columns} sort={s} onSort={(v) => search({ s: v || undefined })} onStatistics={() => setTold(col.field)} mayGroup={c.type !== "view" && canGroup(col.field)} />}
            groups={groups.starts}
            cellMenu={(row, col) => <CellMenu row={row} field={col.field} filter={filter} onFilter={(v) => search({ q: v })} onOpen={() => open(row.id)} />}
            onKey={onKey}
          />
        )}
        {staged.length > 0 && !fixed && (
          <Suspense>
            <ChangeBar collection={c} staged={staged} panelOpen={!!r} />
          </Suspense>
        )}
        <footer className="tabular flex min-h-8 flex-wrap items-center gap-4 border-t bg-panel px-4 text-grid text-muted">
          {cells && <CellsSaid cells={cells} columns={shown} row={row} />}
          {selected.size > 0 ? (
            <Suspense>
              <BulkBar collection={c} ask={ask} selected={selected} total={total.data} fixed={fixed} rows={ids} onSelect={setSelected} onDelete={setDropping} />
            </Suspense>
          ) : cells ? null : (
            <span role="status">{total.data === undefined ? "Counting…" : counted(total.data, "record") + (!q ? "" : total.data === 1 ? " matches" : " match")}</span>
          )}
        </footer>
      </div>
      {r && !(fixed && r === "new") && (
        <Suspense>
          <RecordPanel key={r} collection={c} id={r} onClose={() => open(undefined)} onOpen={open} onDelete={(row) => setDropping([row])} width={prefs().panelWidth} />
        </Suspense>
      )}
      {told && (
        <Suspense>
          <Statistics collection={c} field={told} filter={filter} onFilter={(clause) => search({ q: and(filter, clause) })} onClose={() => setTold(undefined)} />
        </Suspense>
      )}
      <CellWork
        collection={c}
        ask={ask}
        columns={shown}
        count={count}
        row={row}
        as={as}
        grid={grid}
        cells={cells}
        selecting={selected.size > 1}
        selected={topmost}
        fixed={fixed}
        onSave={saving.save}
      />
      <Deleting collection={c} rows={dropping} onClose={() => setDropping(undefined)} onConfirm={() => void drop()} />
    </div>
  );
}
