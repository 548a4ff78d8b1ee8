import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { NoneCalled } from "@/app/notfound";
import type { PlaygroundSearch } from "@/app/search";
import { accessOf, accessWords, bootstrapQuery, collectionQuery, type Collection } from "@/lib/collections";
import { problem } from "@/lib/pb";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Head } from "@/parts/head";
import { Field, Select } from "@/parts/input";
import { accountText, readAccount } from "@/parts/rules/explain";
import { RuleInput } from "@/parts/rules/input";
import { Playground } from "@/parts/rules/playground";
import { TestList } from "@/parts/rules/testlist";
import type { RuleTest } from "@/parts/rules/tests";
import { actionsOf, ruleNames } from "@/parts/rules/words";
import { Empty, Failed, Skeleton } from "@/parts/states";

/** Rules of all collections, tried as anybody on real records. */
export function Page() {
  const { data: boot, error, refetch } = useQuery(bootstrapQuery);
  const { c } = useSearch({ from: "/playground" });
  const go = useNavigate();
  if (error && !boot) return <Failed what="The collections could not be read" error={error} onRetry={() => void refetch()} />;
  if (!boot) return <Skeleton lines={10} />;
  const all = boot.collections.toSorted((a, b) => Number(a.system) - Number(b.system));
  const name = c ?? all[0]?.name;
  return (
    <>
      <Head />
      {!name ? (
        <Empty acts={<Button look="primary" onClick={() => void go({ href: "/new" })}>New collection</Button>}>There is no collection whose rules could be tried.</Empty>
      ) : (
        <div className="flex max-w-180 flex-col gap-3 p-4">
          <Field label="Collection">
            {(wired) => (
              <Select {...wired} value={name} onChange={(e) => void go({ to: "/playground", search: (s: PlaygroundSearch) => ({ as: s.as, a: s.a, c: e.target.value }) })}>
                {all.map((x) => <option key={x.id}>{x.name}</option>)}
                {!all.some((x) => x.name === name) && <option>{name}</option>}
              </Select>
            )}
          </Field>
          <OfCollection key={name} name={name} />
        </div>
      )}
    </>
  );
}

function OfCollection({ name }: { name: string }) {
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  if (error && problem(error).status === 404) return <NoneCalled name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  return c ? <Try collection={c} /> : <Skeleton lines={6} />;
}

function Try({ collection: c }: { collection: Collection }) {
  const { a, as, r } = useSearch({ from: "/playground" });
  const go = useNavigate();
  const to = (change: PlaygroundSearch) => void go({ to: "/playground", replace: true, search: (s: PlaygroundSearch) => ({ ...s, c: c.name, ...change }) });
  const actions = actionsOf(c);
  const action = actions.find((x) => x.slug === a) ?? actions[0]!;
  const stored = (c[action.key] as string | null | undefined) ?? null;
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const [opened, setOpened] = useState<RuleTest>();
  const unsaved = Object.fromEntries(actions.filter((x) => drafts[x.slug]?.trim()).map((x) => [x.key, drafts[x.slug]]));
  const rule = drafts[action.slug] ?? stored;
  return (
    <>
      <Field label="Action">
        {(wired) => <Select {...wired} value={action.slug} onChange={(e) => to({ a: e.target.value })}>{actions.map((x) => <option key={x.slug} value={x.slug}>{x.name}</option>)}</Select>}
      </Field>
      <Field label="Rule" help={<>Stored: {accessOf(stored) === "rule" ? <code className="font-mono">{stored}</code> : accessWords[accessOf(stored)]}. <Link to="/c/$name/rules/$action" params={{ name: c.name, action: action.slug }} className="text-accent underline">Change it</Link></>}>
        {(wired) => <RuleInput label="Rule" wired={wired} value={rule?.trim() ? rule : ""} names={ruleNames(c, [])} onChange={(text) => setDrafts({ ...drafts, [action.slug]: text || " " })} />}
      </Field>
      <Boundary what="The playground"><Playground key={opened?.id} start={opened} collection={c} action={action} rule={rule} asked={{ as: readAccount(as), record: r }} onAsk={(x) => to({ as: accountText(x.as), r: x.record })} /></Boundary>
      <Boundary what="The list of tests"><TestList collection={c} to={unsaved} onOpen={(t) => (setOpened(t), to({ a: t.action, as: accountText(t.as), r: t.record || undefined }))} /></Boundary>
    </>
  );
}
