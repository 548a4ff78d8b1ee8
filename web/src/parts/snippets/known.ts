import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { isMany, type Row } from "@/fields/kind";
import { bootstrapQuery, collectionQuery, type Collection } from "@/lib/collections";
import { apiBase, pb } from "@/lib/pb";
import { identityOf, type Action } from "@/parts/snippets/request";
import type { Known } from "@/parts/snippets/values";

const letters = Math.random().toString(36).slice(2, 7).padEnd(5, "x");
const superusers = "_superusers";

/** A record of a collection; null when it has none. */
const firstRecord = async (collection: string): Promise<Row | null> => (await pb.collection(collection).getList<Row>(1, 1, { skipTotal: true })).items[0] ?? null;

/** What is real in the examples of a collection: its first record, and records that it can refer to. */
export function useSample(c: Collection) {
  return useQuery({
    queryKey: ["sample", c.id, c.updated],
    queryFn: async () => {
      const relations = c.type === "view" ? [] : c.fields.filter((f) => f.type === "relation");
      const ids = relations.map(async (f) => [f.name, await someIds(String(f["collectionId"]), isMany(f) ? Math.max(1, Number(f["minSelect"] ?? 1)) : 1)] as const);
      return { record: (await firstRecord(c.name)) ?? undefined, related: Object.fromEntries(await Promise.all(ids)) };
    },
  });
}

async function someIds(collection: string, n: number): Promise<string[]> {
  return (await pb.collection(collection).getList(1, n, { skipTotal: true, fields: "id" })).items.map((r) => r.id);
}

/** Who asks when nobody was chosen: the least that the rule lets. */
export function whoMay(c: Collection, a: Action, accounts: string[]): string {
  const rule = c[a.rule];
  if (a.slug === "sign-in" || rule === "") return "guest";
  if (rule === null || rule === undefined) return superusers;
  if (!rule.includes("@request.auth")) return "guest";
  return accounts.find((n) => n === c.name) ?? accounts[0] ?? superusers;
}

/** Those who may ask: a guest, a superuser, an account of each collection that has them. */
export function useAskers(c: Collection): string[] {
  const { data } = useQuery(bootstrapQuery);
  const auth = (data?.collections ?? []).filter((x) => x.type === "auth" && x.name !== superusers).map((x) => x.name);
  return ["guest", superusers, ...auth.filter((n) => n === c.name), ...auth.filter((n) => n !== c.name)];
}

/** The account that asks: of superusers the one that is signed in. Null when the collection has none. */
export function useAccount(who: string) {
  return useQuery({
    queryKey: ["asker", who],
    placeholderData: keepPreviousData,
    queryFn: async ({ client }): Promise<Known["as"] | null> => {
      if (who === "guest") return null;
      if (who === superusers) return { collection: who, identity: String(pb.authStore.record?.["email"] ?? "") };
      const [c, record] = await Promise.all([client.fetchQuery(collectionQuery(who)), firstRecord(who)]);
      const identity = record && identityOf(c, record);
      return identity ? { collection: who, identity } : null;
    },
  });
}

export const knownOf = (sample: Pick<Known, "record" | "related">, as: Known["as"]): Known => ({ base: apiBase, letters, as, ...sample });
