import clsx from "clsx";
import { File as FileIcon, ImageOff } from "lucide-react";
import { memo, useEffect, useState, type RefObject } from "react";
import { fileToken, isPicture } from "@/fields/file";
import { listOf, type Row } from "@/fields/kind";
import { nameFields, nameOf, type Collection, type FieldDef } from "@/lib/collections";
import { pb } from "@/lib/pb";
import type { Values } from "@/lib/writes";
import { thumbFor } from "@/parts/gallery/thumbs";
import { CellValue } from "@/parts/grid/cell";
import { Unsaved } from "@/parts/grid/unsaved";

/** What a tile asks of its gallery. */
export interface TileActs {
  open: (index: number) => void;
  toggle: (index: number, range: boolean) => void;
}

interface Props {
  index: number;
  column: number;
  collection: Collection;
  /** Undefined while it is on its way. */
  row?: Row;
  /** What was seen in its fields that are changed and not saved. */
  seen?: Values;
  picture: FieldDef;
  /** The two that are shown below the name. */
  fields: FieldDef[];
  /** Pixels of the picture. */
  width: number;
  height: number;
  look: "plain" | "open" | "selected";
  here: boolean;
  acts: RefObject<TileActs>;
}

export const tileId = (index: number) => `gallery-${index}`;

const looks = { plain: "bg-bg hover:bg-panel", open: "bg-hover", selected: "border-accent bg-selected" };

/** Reaches to the edges of the tile, where the mark of what is not saved stands. */
const line = "relative -mx-2 h-5 truncate px-2";

/** A record as its picture, its name and two of its fields. A click opens it, its box selects it. */
export const Tile = memo(function Tile(p: Props) {
  const { row, index, acts } = p;
  return (
    <div
      role="gridcell"
      id={tileId(index)}
      aria-colindex={p.column + 1}
      aria-selected={p.look === "selected"}
      data-tile={index}
      className={clsx("relative flex min-w-0 cursor-default flex-col overflow-hidden rounded-md border", looks[p.look], p.here && "group-focus-visible/gallery:outline-2 group-focus-visible/gallery:outline-offset-2 group-focus-visible/gallery:outline-accent")}
      onClick={(e) => (e.ctrlKey || e.metaKey || e.shiftKey ? acts.current.toggle(index, e.shiftKey) : acts.current.open(index))}
    >
      <div className="flex items-center justify-center border-b bg-panel text-muted" style={{ height: p.height }}>
        {row ? <Picture row={row} field={p.picture} width={p.width} height={p.height} /> : <span className="late size-full bg-hover" />}
      </div>
      <label className="absolute top-1.5 left-1.5 flex size-7 items-center justify-center rounded-sm border bg-bg" onClick={(e) => e.stopPropagation()}>
        <input type="checkbox" tabIndex={-1} aria-label={`Select ${row?.id ?? "record"}`} className="size-4 accent-accent" checked={p.look === "selected"} onChange={() => {}} onClick={(e) => acts.current.toggle(index, e.shiftKey)} />
      </label>
      <div className="flex min-w-0 flex-col px-2 py-1.5">
        {row ? (
          <>
            <span className={clsx(line, "text-body font-medium")}>
              {nameOf(p.collection, row)}
              {p.seen && <Unsaved seen={p.seen} fields={nameFields(p.collection)} />}
            </span>
            {p.fields.map((f) => (
              <span key={f.id} className={clsx(line, "text-grid text-muted")} title={f.name}>
                <span className="sr-only">{f.name}: </span>
                <CellValue field={f} row={row} />
                {p.seen && <Unsaved seen={p.seen} fields={[f]} />}
              </span>
            ))}
          </>
        ) : (
          <span className="late mt-1.5 h-2 w-2/3 rounded-sm bg-hover" />
        )}
      </div>
    </div>
  );
});

function Picture({ row, field, width, height }: { row: Row; field: FieldDef; width: number; height: number }) {
  const names = listOf(row[field.name]);
  const name = names.find(isPicture);
  const src = usePicture(row, field, name, Math.max(width, height));
  const [broken, setBroken] = useState("");
  if (!name) return <Nothing icon={names.length ? FileIcon : ImageOff}>{names[0] ?? "No picture"}</Nothing>;
  if (broken === name) return <Nothing icon={ImageOff}>{name} cannot be shown</Nothing>;
  return src && <img src={src} alt="" decoding="async" className="size-full object-cover" onError={() => setBroken(name)} />;
}

const Nothing = ({ icon: Icon, children }: { icon: typeof FileIcon; children: string | string[] }) => (
  <span className="flex max-w-full flex-col items-center gap-1 px-2 text-label">
    <Icon size={20} strokeWidth={1.5} aria-hidden />
    <span className="max-w-full truncate">{children}</span>
  </span>
);

/** The address of a picture in a size that fills so many pixels; "" until there is a token, where one is needed. */
function usePicture(row: Row, field: FieldDef, name: string | undefined, side: number): string {
  const drawn = !!name && !/svg$/i.test(name);
  const { size, secret } = thumbFor(field, side);
  const needs = !!name && (!!field["protected"] || (drawn && secret));
  const [token, setToken] = useState("");
  useEffect(() => void (needs && fileToken().then(setToken, () => {})), [needs]);
  if (!name || (needs && !token)) return "";
  return pb.files.getURL(row, name, { ...(drawn && { thumb: size }), ...(drawn && secret && { format: "webp" }), ...(needs && { token }) });
}
