/** What is asked before something of a bot ends: its token, or all of it. */
import type { ComponentChildren } from "preact";
import { intoView } from "#web/widgets/into-view.ts";

interface QuestionProps {
  readonly words: ComponentChildren;
  readonly verb: string;
  readonly act: () => void;
  readonly keep: () => void;
}

function Question({ words, verb, act, keep }: QuestionProps) {
  return (
    <fieldset ref={intoView} class="confirm">
      <legend class="visually-hidden">Are you sure?</legend>
      <p>{words}</p>
      <button type="button" class="button-small danger" onClick={act}>
        {verb}
      </button>
      <button type="button" class="button-quiet" onClick={keep}>
        Leave it as it is
      </button>
    </fieldset>
  );
}

interface BotProps {
  readonly username: string;
  readonly keep: () => void;
}

export function BotRenewal({ renew, ...bot }: BotProps & { readonly renew: () => void }) {
  return (
    <Question
      words="Its present token stops working at once, and the program needs the new one."
      verb={`Give ${bot.username} a new token`}
      act={renew}
      keep={bot.keep}
    />
  );
}

export function BotEnd({ end, ...bot }: BotProps & { readonly end: () => void }) {
  return (
    <Question
      words="Its token stops working at once, it is out of all rooms, and its name is free. What it said stays."
      verb={`Delete ${bot.username}`}
      act={end}
      keep={bot.keep}
    />
  );
}
