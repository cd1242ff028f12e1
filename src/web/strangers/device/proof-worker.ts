/** The worker that answers challenges, beside the page. */
import { prove } from "#sdk/strangers/proof.ts";
import type { Challenge } from "#protocol/stranger.ts";

/** What it tells the page. */
export type ProofNews = { readonly done: number } | { readonly answer: string };

addEventListener("message", ({ data }: MessageEvent<Challenge>) => {
  const work = async () => {
    const answer = await prove(data, (done) => tell({ done }), new AbortController().signal);
    tell({ answer });
  };
  void work();
});

function tell(news: ProofNews): void {
  postMessage(news);
}
