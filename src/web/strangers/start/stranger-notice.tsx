/** What talking to strangers is, and what it is not: before anybody is looked for. */
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { StrangersResult } from "#protocol/stranger.ts";

export function StrangerNotice({ agree }: { readonly agree: () => void }) {
  const closed = useClosed();
  if (closed !== undefined) {
    return (
      <>
        <output class="card-notice">No strangers can be met here just now. {closed}</output>
        <a class="button-primary strangers-link-button" href="/">
          Back to Klatch
        </a>
      </>
    );
  }
  return (
    <div class="strangers-notice">
      <p>
        You will talk to <strong>somebody you do not know</strong>, under a name made up for this
        one chat. Nobody checks who they are, or that they tell the truth.
      </p>
      <h2>Stay safe</h2>
      <ul>
        <li>Do not say who you are, where you live, or how to reach you. Send no money.</li>
        <li>Leave whenever you like: “End”, or the Esc key twice.</li>
        <li>Report and block are always there. Reports reach whoever runs this Klatch.</li>
      </ul>
      <h2>What is protected</h2>
      <ul>
        <li>
          What you say is encrypted from your page to theirs. The server passes it on and cannot
          read it, and nothing of the chat is kept when it is over.
        </li>
        <li>
          Only you can change that: what you report is sent, readable, to whoever runs this Klatch.
        </li>
      </ul>
      <h2>What is not</h2>
      <ul>
        <li>The stranger can copy, photograph and pass on all that you say.</li>
        <li>
          The server sees your network address while you are here, when you talk, and about how
          much. It also gives you this page: you trust whoever runs it.
        </li>
        <li>Your browser may show to others who use this device that you were on this page.</li>
      </ul>
      <button type="button" class="button-primary" onClick={agree}>
        I am 18 or older, and I understand
      </button>
      <p class="card-switch">
        <a href="/">No, take me back</a>
      </p>
    </div>
  );
}

/** Why nobody can be met here, if so; without an answer one may try. */
function useClosed(): string | undefined {
  const closed = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const ask = async () => {
      // Without the cookie: who is signed in here is nobody's business there.
      const answer = await fetch("/api/strangers", { credentials: "omit", cache: "no-store" });
      if (!answer.ok) return;
      const state: unknown = await answer.json();
      if (isState(state) && !state.open) closed.value = state.reason ?? "";
    };
    ask().catch(() => undefined);
  }, []);
  return closed.value;
}

function isState(value: unknown): value is StrangersResult {
  return typeof value === "object" && value !== null && "open" in value;
}
