import { QueryClient } from "@tanstack/react-query";
import { problem } from "@/lib/pb";
import { keeping } from "@/lib/same";
import { session } from "@/lib/session";

/** What the server said last, kept for as long as it may still be true. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      structuralSharing: keeping,
      refetchOnWindowFocus: false,
      retry: (count, err) => problem(err).status === 0 && count < 1,
      networkMode: "always",
      throwOnError: false,
    },
    mutations: { networkMode: "always" },
  },
});

queries.getQueryCache().subscribe(({ query, type }) => {
  if (type !== "updated") return;
  if (query.state.status === "error") session.failed(problem(query.state.error).status);
  else if (query.state.status === "success") session.answered();
});
queries.getMutationCache().subscribe(({ mutation }) => {
  if (mutation?.state.status === "error") session.failed(problem(mutation.state.error).status);
});
