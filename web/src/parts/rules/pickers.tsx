import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState, type Ref } from "react";
import type { Row } from "@/fields/kind";
import { bootstrapQuery, collectionQuery, nameOf, type Collection } from "@/lib/collections";
import { pb } from "@/lib/pb";
import { seek } from "@/lib/seek";
import { Picker, type Pick } from "@/parts/picker";
import { accountText, readAccount, sampleSize, type Account } from "@/parts/rules/explain";

/** Remembers the rows that were found, so that what is picked has its name at once. */
function useRemembered() {
  const client = useQueryClient();
  return (collection: string, row: Row | undefined) => row && client.setQueryData(["record", collection, row.id], row);
}

const found = (c: Collection, text: string) => pb.collection(c.name).getList<Row>(1, 8, { skipTotal: true, ...(text && { filter: seek(c, text) }) });

/** Who asks: nobody, or an account of any auth collection. */
export function AccountPicker({ id, value, onChange, ref }: { id: string; value: Account | "guest"; onChange: (a: Account | "guest") => void; ref?: Ref<HTMLInputElement> }) {
  const [text, setText] = useState("");
  const sought = useDeferredValue(text.trim());
  const { data: boot } = useQuery(bootstrapQuery);
  const names = (boot?.collections ?? []).filter((c) => c.type === "auth").map((c) => c.name).toSorted((a, b) => Number(a.startsWith("_")) - Number(b.startsWith("_")));
  const collections = useQueries({ queries: names.map((n) => collectionQuery(n)) }).flatMap((q) => q.data ?? []);
  const lists = useQueries({
    queries: collections.map((c) => ({ queryKey: ["seek", c.name, sought, 8], queryFn: () => found(c, sought), placeholderData: (before: Awaited<ReturnType<typeof found>> | undefined) => before })),
  });
  const rows = collections.flatMap((c, i) => (lists[i]?.data?.items ?? []).map((r) => ({ c, r, key: `${c.name}/${r.id}` })));
  const accounts: Pick[] = rows.map(({ c, r, key }) => ({ key, name: nameOf(c, r), hint: c.name }));
  const remember = useRemembered();
  const pick = (key: string) => {
    const row = rows.find((x) => x.key === key);
    if (row) remember(row.c.name, row.r);
    onChange(readAccount(key));
  };
  const guest: Pick[] = !sought || "guest".startsWith(sought.toLowerCase()) ? [{ key: "", name: "Guest", hint: "not signed in" }] : [];
  const of = value === "guest" ? undefined : collections.find((c) => c.name === value.collection);
  const chosen = useQuery({ queryKey: ["record", of?.name, value === "guest" ? "" : value.id], queryFn: () => pb.collection(of!.name).getOne<Row>((value as Account).id), enabled: !!of });
  const picked = value === "guest" ? "Guest" : chosen.data ? nameOf(of, chosen.data) : accountText(value)!;
  return <Picker ref={ref} id={id} label="Accounts" picked={picked} picks={[...guest, ...accounts]} looking={lists.some((l) => l.isFetching)} onFind={setText} onPick={pick} />;
}

/** The record that a rule is asked of: one, or a sample. */
export function RecordPicker({ id, collection: c, value, onChange }: { id: string; collection: Collection; value: string | undefined; onChange: (id: string | undefined) => void }) {
  const [text, setText] = useState("");
  const sought = useDeferredValue(text.trim());
  const list = useQuery({ queryKey: ["seek", c.name, sought, 8], queryFn: () => found(c, sought), placeholderData: (before) => before });
  const chosen = useQuery({ queryKey: ["record", c.name, value], queryFn: () => pb.collection(c.name).getOne<Row>(value!), enabled: !!value });
  const sample: Pick[] = sought ? [] : [{ key: "", name: `A sample of ${sampleSize}` }];
  const remember = useRemembered();
  const pick = (key: string) => {
    remember(c.name, list.data?.items.find((r) => r.id === key));
    onChange(key || undefined);
  };
  const picks = (list.data?.items ?? []).map((r) => ({ key: r.id, name: nameOf(c, r), hint: r.id }));
  const picked = value ? (chosen.data ? nameOf(c, chosen.data) : value) : `A sample of ${sampleSize}`;
  return <Picker id={id} label={`Records of ${c.name}`} picked={picked} picks={[...sample, ...picks]} looking={list.isFetching} onFind={setText} onPick={pick} />;
}
