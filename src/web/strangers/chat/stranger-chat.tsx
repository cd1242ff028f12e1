/** A chat with a stranger: who you two are, what was said, where one writes, how it ended. */
import type { StrangerState } from "#sdk/strangers/state.ts";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { nameWindow } from "#web/strangers/device/attention.ts";
import { ReportDialog } from "#web/strangers/safety/report-dialog.tsx";
import { SafetyDialog } from "#web/strangers/safety/safety-dialog.tsx";
import { sharedWords } from "#web/strangers/status-words.ts";
import type { StrangerView } from "#web/strangers/stranger-view.ts";
import { Icon } from "#web/widgets/icon.tsx";
import type { IconName } from "#web/widgets/icon.tsx";
import { AwayBanner } from "./away-banner.tsx";
import { EndPanel } from "./end-panel.tsx";
import { MaskPicture } from "./mask-picture.tsx";
import { StrangerComposer } from "./stranger-composer.tsx";
import { StrangerLines } from "./stranger-lines.tsx";

export type ChatState = Extract<StrangerState, { at: "matched" | "talking" | "away" | "ended" }>;

export interface StrangerChatProps {
  readonly view: StrangerView;
  readonly state: ChatState;
}

export function StrangerChat({ view, state }: StrangerChatProps) {
  const dialog = useSignal<"safety" | "report" | undefined>(undefined);
  const { they } = state.pair;
  const close = () => (dialog.value = undefined);
  useEffect(() => {
    nameWindow(`${they.name} · Strangers · Klatch`);
  }, [they.name]);
  return (
    <div class="strangers-page">
      <main class="strangers-sheet">
        <Header view={view} state={state} show={(which) => (dialog.value = which)} />
        <AwayBanner view={view} state={state} />
        <StrangerLines view={view} pair={state.pair} />
        {state.at === "ended" ? (
          <EndPanel view={view} reason={state.reason} report={() => (dialog.value = "report")} />
        ) : (
          <StrangerComposer view={view} state={state} />
        )}
      </main>
      {dialog.value === "safety" && <SafetyDialog view={view} onClose={close} />}
      {dialog.value === "report" && (
        <ReportDialog view={view} theirName={they.name} onClose={close} />
      )}
    </div>
  );
}

interface HeaderProps extends StrangerChatProps {
  readonly show: (which: "safety" | "report") => void;
}

function Header({ view, state, show }: HeaderProps) {
  const { you, they, shared } = state.pair;
  return (
    <header class="strangers-header">
      <MaskPicture mask={they} />
      <div class="room-names">
        <h1>
          <bdi>{they.name}</bdi>
        </h1>
        <p class="room-topic">
          You are <bdi>{you.name}</bdi>. <bdi>{sharedWords(shared)}</bdi>
        </p>
      </div>
      <HeaderButton icon="shield" words="How this chat is protected" act={() => show("safety")} />
      {state.at !== "ended" && (
        <>
          <HeaderButton icon="flag" words="Report" act={() => show("report")} />
          <HeaderButton icon="block" words="Block" act={() => view.block()} />
        </>
      )}
    </header>
  );
}

interface HeaderButtonProps {
  readonly icon: IconName;
  readonly words: string;
  readonly act: () => void;
}

function HeaderButton({ icon, words, act }: HeaderButtonProps) {
  return (
    <button type="button" class="icon-button" title={words} onClick={act}>
      <Icon name={icon} />
      <span class="visually-hidden">{words}</span>
    </button>
  );
}
