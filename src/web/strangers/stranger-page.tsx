/** Chooses the screen: what this is, whom to look for, the search, the chat. */
import { useEffect } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Cup, Wordmark } from "#web/widgets/wordmark.tsx";
import { StrangerChat } from "./chat/stranger-chat.tsx";
import { useEscape } from "./chat/escape.ts";
import { Refusal } from "./start/refusal.tsx";
import { Searching } from "./start/searching.tsx";
import { StrangerNotice } from "./start/stranger-notice.tsx";
import { Wishes } from "./start/wishes.tsx";
import { nameWindow } from "./device/attention.ts";
import { statusOf } from "./status-words.ts";
import type { StrangerView } from "./stranger-view.ts";

export function StrangerPage({ view }: { readonly view: StrangerView }) {
  useEscape(view);
  const moment = view.moment.value;
  return (
    <>
      <Screen view={view} />
      {/* For who cannot see that the screen is another one. */}
      <output class="visually-hidden">{statusOf(moment)}</output>
    </>
  );
}

function Screen({ view }: { readonly view: StrangerView }) {
  const { state } = view.moment.value;
  if (!view.hasAgreed.value) {
    return (
      <Card title="Talk to a stranger">
        <StrangerNotice agree={() => (view.hasAgreed.value = true)} />
      </Card>
    );
  }
  switch (state.at) {
    case "idle":
      return (
        <Card title="Whom would you like to meet?">
          <Wishes view={view} />
        </Card>
      );
    case "entering":
    case "proving":
    case "searching":
      return (
        <Card title="Looking for somebody…">
          <Searching view={view} state={state} />
        </Card>
      );
    case "moved":
      return (
        <Card title="Continued in another tab">
          <p class="card-words">Your chat goes on in the tab that you opened last.</p>
          <button type="button" class="button-primary" onClick={() => view.dismiss()}>
            Look for somebody here
          </button>
        </Card>
      );
    case "refused":
      return (
        <Card title={REFUSED[state.why]}>
          <Refusal refused={state} again={() => view.dismiss()} />
        </Card>
      );
    case "matched":
    case "talking":
    case "away":
    case "ended":
      // A new chat is a new screen: nothing of the last one stays in its fields.
      return <StrangerChat key={state.pair.id} view={view} state={state} />;
  }
}

const REFUSED = {
  banned: "You may not meet strangers just now",
  closed: "No strangers can be met just now",
  insecure: "This page must be opened over https",
  other: "That did not work",
} as const;

interface CardProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function Card({ title, children }: CardProps) {
  useEffect(() => {
    nameWindow(`${title} · Klatch`);
  }, [title]);
  return (
    <div class="welcome">
      <header class="welcome-brand">
        <a class="strangers-home" href="/" aria-label="Klatch, to the start">
          <Wordmark />
        </a>
      </header>
      <aside class="welcome-pitch" aria-label="About strangers">
        <div class="welcome-art">
          <Cup class="cup cup-art" />
        </div>
        <p class="welcome-headline">One table, two strangers.</p>
        <p class="welcome-words">
          No account, no names, no history: what you say is gone when you leave.
        </p>
      </aside>
      <main class="welcome-main">
        <div class="card strangers-card">
          <h1>{title}</h1>
          {children}
        </div>
      </main>
    </div>
  );
}
