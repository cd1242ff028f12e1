/** Goes to the message that a quote or a link asks for, as soon as the room is there. */
import { useEffect } from "preact/hooks";
import type { MessageActions } from "./message-actions.ts";

/** What is needed of the room's view and of its scrolling. */
interface Room {
  readonly moment: { readonly value: { readonly state: string } };
}

interface Scroll {
  toMessage(id: string): Promise<boolean>;
}

export function useGoal(actions: MessageActions, view: Room, scroll: Scroll): void {
  const goal = actions.goal.value;
  const isLive = view.moment.value.state === "live";
  useEffect(() => {
    if (goal === undefined || !isLive) return;
    actions.goal.value = undefined;
    void goTo(goal, actions, scroll);
  }, [goal, isLive]);
}

async function goTo(id: string, { port }: MessageActions, scroll: Scroll): Promise<void> {
  try {
    const isFound = await scroll.toMessage(id);
    if (!isFound) port.say("This message is gone.");
  } catch (error) {
    port.sayTrouble(error);
  }
}
