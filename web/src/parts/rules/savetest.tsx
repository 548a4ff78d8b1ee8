import { useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useId, useState } from "react";
import type { Row } from "@/fields/kind";
import { collectionQuery, nameOf } from "@/lib/collections";
import { pb, problem, send } from "@/lib/pb";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { Field, Segmented, TextInput } from "@/parts/input";
import type { Explained, Wish } from "@/parts/rules/explain";
import { expectable, expectWords, nameTest, testOf, type Expect } from "@/parts/rules/tests";
import { toast } from "@/parts/toast";

/** Keeps what was asked, and what it should be answered, as a test. */
export function SaveTest({ wish, data }: { wish: Wish; data: Explained }) {
  const [open, setOpen] = useState(false);
  const about = data.rows[0];
  const fits = wish.action === "create" || (wish.records?.length === 1 && data.rows.length === 1);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button icon={FlaskConical} disabled={!fits} onClick={() => setOpen(true)}>Save as test</Button>
      {!fits && <span className="text-label text-muted">A test is about one record: choose it above.</span>}
      {open && <Form wish={wish} record={about?.name || about?.id || ""} verdict={data.verdict} onClose={() => setOpen(false)} />}
    </div>
  );
}

function Form({ wish, record, verdict, onClose }: { wish: Wish; record: string; verdict: Explained["verdict"]; onClose: () => void }) {
  const client = useQueryClient();
  const form = useId();
  const can = expectable(wish.action);
  const [expect, setExpect] = useState<Expect>(can.find((e) => e === verdict) ?? "refused");
  const [named, setNamed] = useState<string>();
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const who = useWho(wish.as);
  const name = named ?? nameTest(who, wish.action, wish.action === "create" ? "" : record, expect);
  const save = async () => {
    setBusy(true);
    try {
      await send("POST", "api/dashboard/rules/tests", testOf(wish, name, expect));
      await client.invalidateQueries({ queryKey: ["rule-tests"] });
      toast("Saved. The test is run whenever rules or fields are saved here.");
      onClose();
    } catch (err) {
      const p = problem(err);
      setFault(Object.values(p.fields)[0]?.message ?? p.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save as test"
      about="It is kept with the collection and asks the same again whenever rules or fields are saved here."
      foot={<><Button onClick={onClose}>Cancel</Button><Button type="submit" form={form} look="primary" busy={busy} disabled={!name.trim()}>Save test</Button></>}
    >
      <form id={form} className="flex flex-col gap-3" onSubmit={(e) => (e.preventDefault(), e.stopPropagation(), void save())}>
        <Field label="Name" error={fault || undefined}>{(wired) => <TextInput {...wired} autoFocus maxLength={200} value={name} onChange={(e) => setNamed(e.target.value)} />}</Field>
        <div className="flex flex-col gap-1">
          <span className="text-grid font-medium">The answer should be</span>
          <div><Segmented label="The answer should be" value={expect} onChange={setExpect} options={can.map((value) => ({ value, name: expectWords[value] }))} /></div>
        </div>
      </form>
    </Dialog>
  );
}

/** What people call whoever asks. */
function useWho(as: Wish["as"]): string {
  const { collection, id } = as === "guest" ? { collection: "", id: "" } : as;
  const of = useQuery({ ...collectionQuery(collection), enabled: !!id });
  const record = useQuery({ queryKey: ["record", collection, id], queryFn: () => pb.collection(collection).getOne<Row>(id), enabled: !!id });
  if (!id) return "A guest";
  return record.data ? nameOf(of.data, record.data) : id;
}
