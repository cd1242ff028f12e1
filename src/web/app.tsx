/** Chooses the screen: the door, or the chat. */
import { useComputed } from "@preact/signals";
import { GENERAL } from "#protocol/room.ts";
import type { Place } from "./chat/place.ts";
import { ChatPage } from "./chat-page.tsx";
import { takeSecret } from "./secret.ts";
import type { Session } from "./session.ts";
import { Welcome } from "./welcome/welcome.tsx";
import { Cup, Wordmark } from "./widgets/wordmark.tsx";

/** Kept as long as the page is: one may reload, or sign out, before one uses it. */
const INVITATION = takeSecret("join");

export interface AppProps {
  readonly session: Session;
  readonly place: Place;
}

export function App({ session, place }: AppProps) {
  // Who comes in finds people talking, with the list of rooms one step behind.
  const arrive = () => {
    if (place.room.peek() === undefined) place.go(GENERAL);
  };
  const stage = useComputed(() => session.stage.value).value;
  switch (stage.at) {
    case "starting":
      // Appears only when the answer takes so long that a blank page would look broken (see CSS).
      return (
        <main class="starting" aria-busy="true">
          <Cup class="cup cup-large" />
          <p class="visually-hidden">Klatch is starting.</p>
        </main>
      );
    case "welcome":
      return (
        <Welcome
          brand={<Wordmark />}
          art={<Cup class="cup cup-art" />}
          notice={stage.notice}
          returning={stage.returning}
          signIn={(username, password) => session.signIn(username, password).then(arrive)}
          invitation={INVITATION}
          registration={() => session.registration()}
          register={(username, password) =>
            session.register(username, password, INVITATION).then(arrive)
          }
        />
      );
    case "room":
      return (
        <ChatPage
          key={stage.me.id}
          brand={<Wordmark />}
          cup={<Cup class="cup cup-large" />}
          klatch={stage.klatch}
          me={stage.me}
          memory={session.memory}
          place={place}
          signOut={() => session.signOut()}
        />
      );
  }
}
