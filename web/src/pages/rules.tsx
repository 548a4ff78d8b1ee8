import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { NoCollection } from "@/app/notfound";
import { collectionQuery, type Collection } from "@/lib/collections";
import { useAction } from "@/lib/keys";
import { problem, send, type Problem } from "@/lib/pb";
import { Boundary } from "@/parts/boundary";
import { Button } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { Head } from "@/parts/head";
import { isBlank, RuleEditor, type Rules } from "@/parts/rules/editor";
import { useTestGuard } from "@/parts/rules/guard";
import { Playground, type Asked } from "@/parts/rules/playground";
import { TestList } from "@/parts/rules/testlist";
import type { RuleTest } from "@/parts/rules/tests";
import { actionsOf, ruleNames } from "@/parts/rules/words";
import { Banner } from "@/parts/small";
import { Failed, Skeleton } from "@/parts/states";
import { toast } from "@/parts/toast";

/** Who may do what to the records of a collection. */
export function Page() {
  const { name, action } = useParams({ from: "/c/$name/rules/$action" });
  const { data: c, error, refetch } = useQuery(collectionQuery(name));
  if (error && problem(error).status === 404) return <NoCollection name={name} />;
  if (error && !c) return <Failed what={`The collection ${name} could not be read`} error={error} onRetry={() => void refetch()} />;
  if (!c) return <Skeleton lines={10} />;
  return <RulesOf key={c.id} collection={c} slug={action} />;
}

const rulesOf = (c: Collection): Rules => Object.fromEntries(actionsOf(c).map((a) => [a.key, (c[a.key] as string | null | undefined) ?? null]));

function RulesOf({ collection: c, slug }: { collection: Collection; slug: string }) {
  const client = useQueryClient();
  const stored = rulesOf(c);
  const [rules, setRules] = useState(stored);
  const [focused, setFocused] = useState(slug);
  const [fault, setFault] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [asked, setAsked] = useState<Asked>({ as: "guest" });
  const [opened, setOpened] = useState<RuleTest>();
  const guard = useTestGuard();
  const accounts = useQuery(collectionQuery("users"));
  const names = ruleNames(c, (accounts.data?.fields ?? []).filter((f) => !f.hidden && f.name !== "id").map((f) => f.name));
  const actions = actionsOf(c);
  const tried = actions.find((a) => a.slug === focused) ?? actions[0]!;
  const changed = actions.filter((a) => rules[a.key] !== stored[a.key]);
  const to = Object.fromEntries(changed.filter((a) => !isBlank(rules[a.key])).map((a) => [a.key, rules[a.key]]));
  const widened = changed.filter((a) => a.writes && rules[a.key] === "");
  useEffect(() => setFocused(slug), [slug]);

  const save = async (sure = false) => {
    if (!changed.length || busy || changed.some((a) => isBlank(rules[a.key]))) return;
    if (widened.length && !sure) return setAsking(true);
    setAsking(false);
    setBusy(true);
    setFault(undefined);
    try {
      if (!(await guard.passes({ change: { collection: c.id, to } }))) return;
      const saved = await send<Collection>("PATCH", `api/collections/${encodeURIComponent(c.id)}`, to);
      client.setQueryData(["collection", c.name], saved);
      void client.invalidateQueries({ queryKey: ["bootstrap"] });
      void client.invalidateQueries({ queryKey: ["explain"] });
      void client.invalidateQueries({ queryKey: ["rule-tests"] });
      setRules(rulesOf(saved));
      toast("Saved. The rules hold from now on.");
    } catch (err) {
      setFault(problem(err));
    } finally {
      setBusy(false);
    }
  };
  useAction({ id: "save", name: "Save the rules", group: "Access", keys: ["mod+s"], inText: true, run: () => void save() });

  const open = (t: RuleTest) => {
    setFocused(t.action);
    setOpened(t);
    setAsked({ as: t.as, record: t.record || undefined });
  };

  return (
    <>
      <Head>
        {changed.length > 0 && <Button onClick={() => setRules(stored)}>Discard</Button>}
        <Button look="primary" busy={busy} disabled={!changed.length} onClick={() => void save()}>Save</Button>
      </Head>
      <div className="grid items-start gap-4 p-4 min-[1100px]:grid-cols-[minmax(0,1fr)_minmax(0,28rem)]">
      <div className="flex min-w-0 flex-col gap-3">
        {fault && !Object.keys(fault.fields).length && <Banner kind="danger">{fault.message}</Banner>}
        {actions.map((a) => (
          <RuleEditor
            key={a.key}
            collection={c}
            action={a}
            rules={rules}
            stored={stored[a.key] ?? null}
            fault={fault?.fields[a.key]?.message}
            names={names}
            focused={focused === a.slug}
            onFocus={() => setFocused(a.slug)}
            onChange={(rule) => {
              setFault(undefined);
              setRules((r) => ({ ...r, [a.key]: rule }));
            }}
          />
        ))}
      </div>
      <div className="flex min-w-0 flex-col gap-3 min-[1100px]:sticky min-[1100px]:top-4">
        <Boundary what="The playground"><Playground key={opened?.id} start={opened} collection={c} action={tried} rule={rules[tried.key] ?? null} asked={asked} onAsk={setAsked} /></Boundary>
        <Boundary what="The list of tests"><TestList collection={c} to={to} onOpen={open} /></Boundary>
      </div>
      </div>
      {guard.dialog}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => void save(true)}
        title={`Open ${c.name} to everyone?`}
        verb="Open it"
        mustType={c.name}
        about={<>Everyone on the network may then {widened.map((a) => a.name.toLowerCase()).join(", ")} records of <b>{c.name}</b> without signing in.</>}
      />
    </>
  );
}
