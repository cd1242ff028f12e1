/** A client that loses its network again and again, and what it shows its person meanwhile. */
import type { Closing } from "#protocol/closings.ts";
import type { RoomEvent } from "#protocol/events.ts";
import { Klatch, realEnvironment } from "#sdk/index.ts";
import type { ConnectOptions, Connection, ConnectionListener, Environment } from "#sdk/index.ts";
import type { Socket } from "socket.io-client";
import type { Seat } from "#bench/load/dialect.ts";
import { cutSocket, openSocket } from "./cuttable-socket.ts";

export interface Wanderer {
  /** Whether it hears the room just now. */
  readonly isIn: boolean;
  cut(): void;
  /** The network is there again. */
  comeBack(): void;
  send(text: string): void;
  close(): void;
}

/** Takes each text as it is shown. */
type Show = (text: string) => void;

/** Klatch's own client library; only the network under it is the bench's. */
export function wanderWithKlatch({ id, token, room: roomId, port }: Seat, show: Show): Wanderer {
  const network = new Network();
  const klatch = new Klatch({
    url: `http://127.0.0.1:${port}`,
    token,
    me: { id, username: `person${id}` },
    environment: network.environment,
  });
  const room = klatch.room(roomId);
  // What is shown when a list is replaced instead of continued is new to the person, too.
  const shown = new Set<string>();
  room.onChange(({ added, reset }) => {
    for (const { cid, text, state } of reset ? room.entries : added) {
      if (state !== "stored" || (reset && shown.has(cid))) continue;
      shown.add(cid);
      show(text);
    }
  });
  room.join();
  klatch.connect();
  return {
    get isIn() {
      return room.state === "live";
    },
    cut: () => network.cut(),
    comeBack: () => network.comeBack(),
    send: (text) => void room.send(text),
    close: () => klatch.close(),
  };
}

/** The library's real environment, over a network that can be away. */
class Network {
  readonly environment: Environment;
  #isAway = false;
  /** An attempt made while it was away: like a packet sent again and again, it arrives when that ends. */
  #held: () => void = () => undefined;
  #cut: () => void = () => undefined;
  #wake: () => void = () => undefined;

  constructor() {
    this.environment = {
      ...realEnvironment,
      connect: (options, listener) => this.#connect(options, listener),
      onWake: (listener) => {
        this.#wake = listener;
        return () => undefined;
      },
    };
  }

  cut(): void {
    this.#isAway = true;
    this.#cut();
  }

  comeBack(): void {
    this.#isAway = false;
    this.#held();
    this.#wake();
  }

  #connect(options: ConnectOptions, listener: ConnectionListener): Connection {
    let socket: Socket | undefined;
    const dial = () => {
      this.#held = () => undefined;
      socket = this.#dial(options, listener);
    };
    if (this.#isAway) this.#held = dial;
    else dial();
    return {
      command: (name, body, onAnswer) => void socket?.emit(name, body, onAnswer),
      close: () => {
        if (this.#held === dial) this.#held = () => undefined;
        socket?.removeAllListeners();
        socket?.disconnect();
      },
    };
  }

  #dial({ url, token, user }: ConnectOptions, listener: ConnectionListener): Socket {
    const socket = openSocket(`${url}/chat`, { user, token });
    this.#cut = () => cutSocket(socket);
    socket.on("connect", () => listener.onOpen());
    socket.on("connect_error", () => listener.onEnd());
    socket.on("disconnect", () => listener.onEnd());
    socket.on("events", (events: readonly RoomEvent[]) => listener.onEvents(events));
    socket.on("closing", (why: Closing) => listener.onClosing(why));
    return socket;
  }
}

/** Socket.IO's client, used as its documents show. */
export function wanderWithSocketIo({ id, room, port }: Seat, show: Show): Wanderer {
  const socket = openSocket(`http://127.0.0.1:${port}`);
  let isIn = false;
  socket.on("connect", () => {
    if (socket.recovered) isIn = true;
    else socket.emit("join", room, () => (isIn = true));
  });
  socket.on("disconnect", () => (isIn = false));
  socket.on("message", ({ message }: { readonly message: string }) => show(message));
  return {
    get isIn() {
      return isIn;
    },
    cut: () => cutSocket(socket),
    comeBack: () => void socket.connect(),
    send: (text) => void socket.emit("message", { from: id, roomId: room, message: text }),
    close: () => void socket.disconnect(),
  };
}
