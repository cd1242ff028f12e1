/** Names and colours for one chat: made of its random id, so they say nothing of anyone and never come again. */
import { createHash } from "node:crypto";
import type { Mask, Role } from "#protocol/stranger.ts";

const QUALITIES =
  "able amber ample ancient apt autumn balmy bold brave breezy bright brisk calm candid cheery chilly " +
  "classic clever cloudy coastal cosmic cosy crimson crisp curious daring dapper dawn deep dewy dreamy " +
  "dusky eager early earnest easy elated emerald even fabled fair fearless festive fine fleet fluent " +
  "fond free fresh frosty gentle gilded glad golden grand green happy hardy hazel hearty hidden honest " +
  "hopeful humble ivory jade jaunty jolly jovial keen kind lasting late lavender leafy light lilac " +
  "limber lively lofty loyal lucid lucky lunar marble mellow merry mild misty modest mossy neat nimble " +
  "noble northern olive opal open patient pearly placid plain playful polite proud quick quiet rapid " +
  "ready regal ripe roaming rosy royal ruby rustic sandy scarlet serene silent silver sincere smooth " +
  "snowy solar spry starry steady still stormy sturdy subtle summer sunny swift tender tidal tidy " +
  "tranquil true upbeat velvet verdant vivid warm western wild winter wise witty young zesty";
const CREATURES =
  "albatross alpaca antelope badger bear beaver bison bittern bobcat bunting buzzard camel caribou " +
  "chamois cheetah chipmunk cicada cormorant cougar coyote crane cricket cuckoo curlew deer dolphin " +
  "dormouse dove dragonfly duck dunlin eagle egret elk ermine falcon ferret finch firefly flamingo fox " +
  "gannet gazelle gecko gibbon giraffe goldfinch goose grebe grouse gull hare hawk hedgehog heron hoopoe " +
  "hornbill ibex ibis iguana impala jackdaw jaguar jay kestrel kingfisher kite koala kudu lapwing lark " +
  "lemur leopard linnet llama lynx macaw magpie mallard marmot marten martin meerkat merlin mole moose " +
  "moth narwhal newt nightjar nuthatch ocelot octopus oriole osprey otter owl panda panther partridge " +
  "pelican penguin petrel pigeon pika plover porpoise puffin puma quail rabbit raccoon raven redstart " +
  "robin rook salmon sandpiper seal seahorse serval shrew skylark sparrow squirrel starling stoat stork " +
  "swallow swan swift tapir tern thrush tiger toucan turtle vole wallaby walrus warbler weasel whale " +
  "wolf wombat woodcock woodpecker wren yak zebra";

const qualities = QUALITIES.split(" ");
const creatures = CREATURES.split(" ");

/** The two masks of a chat, by role: different creatures, and hues that are told apart. */
export function masksOf(pair: string): readonly [Mask, Mask] {
  const chance = createHash("sha256").update(`masks ${pair}`).digest();
  const first = chance.readUInt32BE(0);
  const second = (first + 1 + (chance.readUInt32BE(4) % (creatures.length - 1))) % creatures.length;
  const hue = chance.readUInt16BE(8) % 360;
  const between = 90 + (chance.readUInt16BE(10) % 181);
  const mask = (quality: number, creature: number, degrees: number): Mask => ({
    name: `${pick(qualities, chance.readUInt32BE(quality))} ${pick(creatures, creature)}`,
    hue: degrees % 360,
  });
  return [mask(12, first % creatures.length, hue), mask(16, second, hue + between)];
}

/** One's own mask first. */
export function maskedAs(pair: string, role: Role): { readonly you: Mask; readonly they: Mask } {
  const [first, second] = masksOf(pair);
  return role === 0 ? { you: first, they: second } : { you: second, they: first };
}

function pick(words: readonly string[], chance: number): string {
  const word = words[chance % words.length] ?? "";
  return word.charAt(0).toUpperCase() + word.slice(1);
}
