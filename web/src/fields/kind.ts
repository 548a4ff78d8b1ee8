import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { FieldDef } from "@/lib/collections";
import type { Wired } from "@/parts/input";

export type Row = Record<string, unknown> & { id: string; collectionId: string; collectionName: string; expand?: Record<string, unknown> };

/** What shows a value within a row of the grid: one line, nothing that takes the focus. */
export interface CellProps {
  value: unknown;
  field: FieldDef;
  row: Row;
}

/** What edits a value in a form. Changes are told at once; whether they are allowed says the server. */
export interface EditorProps {
  field: FieldDef;
  value: unknown;
  onChange: (value: unknown) => void;
  wired: Wired;
  /** The record as it is stored; absent for a new one. */
  row?: Row;
  disabled?: boolean;
}

/** A field type: how its values look, are read and are edited. One file each, named as in Go. */
export interface FieldKind {
  type: string;
  word: string;
  icon: LucideIcon;
  /** Of its column, in px. */
  width: number;
  right?: boolean;
  /** How a cell is edited where it is: as text, by switching, from a list, or in the panel alone. */
  inline: "text" | "toggle" | "list" | "panel";
  /** What a new record starts with. */
  zero: (f: FieldDef) => unknown;
  /** The value as text, for copying and for editing in place. */
  text: (value: unknown, f: FieldDef) => string;
  /** The text as a value; undefined when it cannot be read. */
  parse: (text: string, f: FieldDef) => unknown;
  Cell: (p: CellProps) => ReactNode;
  Editor: (p: EditorProps) => ReactNode;
}

export const isMany = (f: FieldDef): boolean => Number(f["maxSelect"] ?? 1) > 1;

/** The values of a field that may hold several, whatever form they come in. */
export const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value ? [String(value)] : []);
