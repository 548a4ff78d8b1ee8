import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState, type RefObject } from "react";
import { kindOf } from "@/fields";
import type { Row } from "@/fields/kind";
import type { Collection, FieldDef } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { grouped } from "@/lib/number";
import { problem } from "@/lib/pb";
import { readRows, type Ask } from "@/lib/rows";
import { useClipboard } from "@/parts/grid/clipboard";
import type { Column } from "@/parts/grid/columns";
import type { GridHandle } from "@/parts/grid/datagrid";
import type { Plan } from "@/parts/grid/paste";
import { heightOf, mostCells, sizeOf, sumOf, type Cells } from "@/parts/grid/range";
import { readTSV, writeTSV } from "@/parts/grid/tsv";
import { copy } from "@/parts/small";
import { toast, toastFailed } from "@/parts/toast";

const Review = lazy(() => import("@/parts/grid/review").then((m) => ({ default: m.Review })));

interface Props {
  collection: Collection;
  ask: Ask;
  columns: Column[];
  count: number;
  row: (i: number) => Row | undefined;
  /** A row with the changes that wait. */
  as: (row: Row) => Row;
  grid: RefObject<GridHandle | null>;
  /** The cells that are chosen, when they are several. */
  cells: Cells | undefined;
  /** The records that are selected, the topmost first. */
  selected: () => Promise<Row[]>;
  selecting: boolean;
  /** Nothing may be changed. */
  fixed: boolean;
  onSave: (row: Row, f: FieldDef, value: unknown) => Promise<void>;
}

/** Copying, pasting and filling of cells: what is asked for, and what is shown before it is done. */
export function CellWork(p: Props) {
  const { collection: c, columns, count } = p;
  const client = useQueryClient();
  const [review, setReview] = useState<{ title: string; plan: Plan }>();
  const read = (first: number, last: number) => (last < first ? Promise.resolve([]) : readRows(client, p.ask, first, last).then((all) => all.map(p.as)));
  const failing = (work: Promise<void>) => void work.catch((err) => toastFailed(problem(err).message));

  const textsOf = (cells: Cells, rows: Row[]) => {
    const fields = columns.slice(cells.left - 1, cells.right).map((col) => col.field);
    return writeTSV(rows.map((r) => fields.map((f) => kindOf(f).text(r[f.name], f))));
  };
  const chosen = (verb: string): Cells | undefined => {
    const cells = p.grid.current?.cells?.();
    if (!cells || sizeOf(cells) <= mostCells) return cells;
    toastFailed(`At most ${grouped(mostCells)} cells are ${verb} at once; ${grouped(sizeOf(cells))} are chosen.`);
    return undefined;
  };
  const said = (cells: Cells) => (sizeOf(cells) === 1 ? "1 cell copied." : `${grouped(sizeOf(cells))} cells copied.`);
  const copyCells = (): string | undefined => {
    const cells = chosen("copied");
    if (!cells) return undefined;
    const here = Array.from({ length: heightOf(cells) }, (_, i) => p.row(cells.top + i));
    if (here.every((r) => r !== undefined)) return toast(said(cells)), textsOf(cells, here);
    failing(read(cells.top, cells.bottom).then((rows) => copy(textsOf(cells, rows), said(cells))));
    return undefined;
  };

  const paste = async (text: string) => {
    const cells = chosen("filled");
    if (!cells || p.fixed) return;
    const { areaOf, planPaste } = await import("@/parts/grid/paste");
    const texts = readTSV(text);
    const area = areaOf(texts, cells);
    if (area.rows * area.cols > mostCells) return toastFailed(`At most ${grouped(mostCells)} cells are pasted at once; these are ${grouped(area.rows * area.cols)}. Import takes more.`);
    const plan = planPaste(texts, cells, columns, await read(cells.top, Math.min(count, cells.top + area.rows) - 1));
    const [only] = plan.changes;
    // One cell is pasted as it is typed.
    if (area.rows * area.cols === 1 && only) return p.onSave(only.row, only.field, only.to);
    if (!plan.changes.length && !plan.refused.length && !plan.beyond.length) return toast("All of these cells have the values already.");
    setReview({ title: `Paste into ${c.name}`, plan });
  };

  const fillable = !p.fixed && ((p.cells ? heightOf(p.cells) : 1) > 1 || p.selecting);
  const fill = async () => {
    const cells = chosen("filled");
    if (!cells || !fillable) return;
    const { planFill } = await import("@/parts/grid/paste");
    const range = heightOf(cells) > 1;
    const rows = range ? await read(cells.top, cells.bottom) : (await p.selected()).map(p.as);
    const fields = columns.slice(cells.left - 1, cells.right).map((col) => col.field);
    setReview({ title: `Fill ${fields.map((f) => f.name).join(", ")} down`, plan: planFill(fields, rows, (i) => (range ? cells.top + i : i)) });
  };

  useClipboard(copyCells, (text) => failing(paste(text)));
  useAction({ id: "open-of-cell", name: "Open the record of the cell", group: "Cells", keys: ["o"], elsewhere: true, run: () => pressOnCell("o") });
  useAction({ id: "menu-of-cell", name: "Menu of the cell", group: "Cells", keys: ["."], elsewhere: true, run: () => pressOnCell(".") });
  useAction({ id: "choose-cells", name: "Choose one more row of cells", group: "Cells", keys: ["shift+arrows"], elsewhere: true, run: () => p.grid.current?.extend?.() });
  useAction({ id: "copy-cells", name: "Copy the cells", group: "Cells", keys: ["mod+c"], elsewhere: true, run: () => failing(Promise.resolve(copyCells()).then((text) => (text === undefined ? undefined : navigator.clipboard.writeText(text)))) });
  useAction({ id: "paste-cells", name: "Paste into the cells", group: "Cells", keys: ["mod+v"], elsewhere: true, off: p.fixed, run: () => failing(navigator.clipboard.readText().then(paste)) });
  useAction({ id: "fill-down", name: "Fill down from the first cell", group: "Cells", keys: ["mod+d"], off: !fillable, run: () => failing(fill()) });

  if (!review) return null;
  return (
    <Suspense>
      <Review collection={c} title={review.title} plan={review.plan} onClose={() => setReview(undefined)} />
    </Suspense>
  );
}

/** Presses a key on the cell that has the focus, or had it last. */
function pressOnCell(key: string): void {
  const cell = document.querySelector<HTMLElement>("[data-cell][tabindex='0']");
  cell?.focus();
  cell?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

/** What is said of the chosen cells: how many, and what their numbers come to. */
export function CellsSaid({ cells, columns, row }: { cells: Cells; columns: Column[]; row: (i: number) => Row | undefined }) {
  const sum = sumOf(cells, columns, row);
  const rows = heightOf(cells);
  const cols = cells.right - cells.left + 1;
  return (
    <span role="status" className="text-text">
      {grouped(sizeOf(cells))} cells chosen: {grouped(rows)} {rows === 1 ? "row" : "rows"}, {cols} {cols === 1 ? "column" : "columns"}
      {sum && <span className="text-muted"> · sum {round(sum.sum)} · average {Math.round((sum.sum / sum.count) * 100) / 100}</span>}
    </span>
  );
}

/** Without the digits that adding binary fractions leaves behind. */
const round = (n: number) => String(Number(n.toPrecision(12)));
