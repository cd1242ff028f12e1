/**
 * The 256 words of safety phrases, one for each byte: English nouns that are short, harmless, and
 * hard to mishear for one another.
 */
const WORDS = `
  acorn actor album amber anchor angle apple apron arch arrow aspen atlas attic autumn badge
  bagel bamboo banjo barn basil basket beach bean beaver bell bench berry bicycle birch biscuit
  blanket blossom boat book bottle bowl bracelet branch bread breeze brick bridge broom brush
  bucket button cabin cactus cake camel camera candle canoe canyon carpet carrot castle cedar
  cello chalk cheese cherry chess chimney cinema clay clock cloud clover coast cobalt cocoa
  coffee comet compass copper coral cotton cradle crayon cricket crown crystal curtain daisy
  desert dolphin donkey dragon drum eagle easel ember fabric falcon feather fence fern fiddle
  field finch flag flute forest fossil fountain fox garden garlic gate gecko ginger glacier glove
  goose granite grape gravel guitar hammer harbour harp hazel hedge helmet heron hill honey
  horizon igloo indigo island ivory ivy jacket jasmine jelly jewel jigsaw juniper kayak kettle
  kite kiwi ladder lagoon lake lantern lemon lentil library lilac lily linen lizard lotus magnet
  mango maple marble market meadow melon mill mirror mitten moss mountain muffin museum mustard
  nest noodle nutmeg oak oasis ocean olive onion orange orbit orchid otter oyster paddle palace
  panda paper parade parrot peach pebble pencil pepper piano picnic pigeon pillow planet plum
  pocket pond poppy prairie puddle pumpkin quartz quill rabbit radish raft ribbon river robin
  rocket sail salad salt satin scarf seed shell silver slipper snow sofa spoon spring squirrel
  stone sugar sunset swan table temple thunder ticket tiger toast tulip tunnel turtle umbrella
  valley velvet vine violet wagon walnut water wheel willow window winter wool zebra
`;

export const SAFETY_WORDS: readonly string[] = WORDS.trim().split(/\s+/u);
