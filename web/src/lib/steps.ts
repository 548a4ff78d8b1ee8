import { useQuery } from "@tanstack/react-query";
import { bootstrapQuery, type CollectionMark } from "@/lib/collections";
import { usePrefs } from "@/lib/prefs";

/** The collection of accounts that every server begins with. */
const usersID = "_pb_users_auth_";

/** How far a server is on the way to an app: a collection, a rule of it, and code that asks for it. */
export interface Steps {
  /** What the later steps are about: a collection that others than superusers may list, if there is one. */
  collection?: CollectionMark;
  done: [collection: boolean, rule: boolean, code: boolean];
}

/** The steps, ticked by what is there; undefined until that is known. */
export function useSteps(): Steps | undefined {
  const { data } = useQuery(bootstrapQuery);
  const { tried } = usePrefs();
  if (!data) return undefined;
  const own = data.collections.filter((c) => !c.system && c.id !== usersID);
  const ruled = (c: CollectionMark) => Object.values(c.access).some((a) => a !== "superusers");
  return { collection: own.find((c) => c.access.list !== "superusers") ?? own[0], done: [own.length > 0, own.some(ruled), own.length > 0 && tried] };
}
