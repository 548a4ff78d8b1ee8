import type { Collection, FieldDef } from "@/lib/collections";

/** How the records of a collection are laid out: rows, pictures, or points of a map. */
export type LayoutName = "table" | "gallery" | "map";

/** How large the pictures of a gallery are. */
export type PictureSize = "small" | "medium" | "large";

/** What a layout is drawn with, beside the columns: it is kept with them, in this browser and in views. */
export interface Drawn {
  /** The field whose pictures a gallery shows; the first one that can hold pictures when there is none. */
  picture?: string;
  size?: PictureSize;
  /** The field whose points a map shows. */
  place?: string;
}

const mayBePicture = (f: FieldDef): boolean => {
  const types = (f["mimeTypes"] as string[] | undefined) ?? [];
  return !types.length || types.some((t) => t.startsWith("image/"));
};

/** The fields that can hold pictures, those that hold nothing else first. */
export function pictureFields(c: Collection): FieldDef[] {
  const fields = c.fields.filter((f) => f.type === "file" && mayBePicture(f));
  const sure = (f: FieldDef) => ((f["mimeTypes"] as string[] | undefined)?.length ? 0 : 1);
  return fields.toSorted((a, b) => sure(a) - sure(b));
}

export const placeFields = (c: Collection): FieldDef[] => c.fields.filter((f) => f.type === "geoPoint");

/** The layouts that a collection can have. */
export function layoutsOf(c: Collection): LayoutName[] {
  const can: Record<LayoutName, boolean> = { table: true, gallery: pictureFields(c).length > 0, map: placeFields(c).length > 0 };
  return (Object.keys(can) as LayoutName[]).filter((l) => can[l]);
}

/** The layout that an address asks for, as far as the collection can have it. */
export const layoutIn = (c: Collection, asked: string | undefined): LayoutName => layoutsOf(c).find((l) => l === asked) ?? "table";

/** A layout as an address has it: the table is not said, but beside a view that may have another one. */
export const addressed = (l: LayoutName | undefined): LayoutName | undefined => (l === "table" ? undefined : l);

/** The field that was chosen, or the first one. */
export const chosen = (fields: FieldDef[], name: string | undefined): FieldDef | undefined => fields.find((f) => f.name === name) ?? fields[0];
