import { useState } from "react";
import type { FieldDef } from "@/lib/collections";
import { Button } from "@/parts/button";
import { FilterLine } from "@/parts/filterline";
import { useColumns } from "@/parts/grid/columns";
import { DataGrid } from "@/parts/grid/datagrid";
import { ColumnHeader, ColumnsButton } from "@/parts/grid/header";
import { Result } from "@/parts/sql/result";
import { blank, row, sample } from "@/stories/sample";
import type { Story } from "@/stories/story";

const withoutFiles = { ...sample, fields: sample.fields.filter((f) => f.type !== "file") };
const rows = Array.from({ length: 40 }, (_, i) => ({ ...(i % 5 === 4 ? blank : row), id: String(i).padStart(15, "0"), title: i % 5 === 4 ? "" : `Title ${i}`, views: i * 50 }));

function Grid({ label, ready = true, fails }: { label: string; ready?: boolean; fails?: boolean }) {
  const columns = useColumns(withoutFiles);
  const [sort, setSort] = useState("-views");
  const [selected, select] = useState(new Set(["000000000000001"]));
  const save = async (_: unknown, f: FieldDef) => {
    if (fails) throw new Error(`${f.name}: Cannot be this.`);
  };
  return (
    <div className="flex h-72 flex-col rounded-md border">
      <div className="flex justify-end border-b p-1"><ColumnsButton columns={columns} /></div>
      <DataGrid
        label={label} columns={columns.shown} count={rows.length} row={(i) => (ready ? rows[i] : undefined)} onRange={nothing} sort={sort} selected={selected} onSelect={select}
        canEdit={(f) => f.name !== "id"} onSave={save} onOpen={nothing} openId="000000000000002" head={{ ...columns, sort: setSort }}
        header={(c) => <ColumnHeader column={c} columns={columns} sort={sort} onSort={setSort} />} cellMenu={() => null}
      />
    </div>
  );
}

const nothing = () => {};

function Filter() {
  const [odd, setOdd] = useState(false);
  return (
    <div className="flex flex-col gap-2">
      <FilterLine collection={sample} value={odd ? "views >" : "views > 100"} error={odd ? new Error("Invalid filter: a value is missing.") : undefined} onChange={() => {}} />
      <div><Button onClick={() => setOdd(!odd)}>{odd ? "Show it right" : "Show it wrong"}</Button></div>
    </div>
  );
}

export const data: Story[] = [
  { name: "DataGrid", wide: true, states: { "filled, one selected, one open": <Grid label="A grid" />, "on its way": <Grid label="A grid on its way" ready={false} />, "edits fail": <Grid label="A grid that refuses" fails /> } },
  { name: "FilterLine", wide: true, states: { "right or wrong": <Filter /> } },
  { name: "Table of rows", wide: true, states: { "rows of a statement": <Result found={{ columns: ["id", "n"], rows: [["a", 1], ["b", null]], more: true, millis: 0.4 }} /> } },
];
