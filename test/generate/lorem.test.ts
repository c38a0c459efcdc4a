import { faker } from "@faker-js/faker/locale/en";
import { expect, test } from "vitest";
import { countTokens } from "../../src/domain/completion/tokens.js";
import { lorem } from "../../src/generate/lorem.js";
import { createRandom } from "../../src/runtime/random.js";

test("prose has exactly the tokens that were asked for (X-14)", async () => {
  for (const tokens of [0, 1, 2, 7, 64, 1000]) {
    expect(countTokens(await lorem(createRandom("length"), tokens))).toBe(tokens);
  }
});

test("the same random sequence gives the same prose (X-22)", async () => {
  expect(await lorem(createRandom("one"))).toBe(await lorem(createRandom("one")));
  expect(await lorem(createRandom("one"))).not.toBe(await lorem(createRandom("two")));
});

test("it reads like prose: sentences with a capital and an end", async () => {
  const sentences = (await lorem(createRandom("reads"), 500)).split(/(?<=\.)\s+/).slice(0, -1);
  expect(sentences.length).toBeGreaterThan(20);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][a-z]*( [a-z]+)+\.$/);
});

test("a test's own faker is left alone", async () => {
  faker.seed(7);
  const alone = [faker.number.int(), faker.number.int()];
  faker.seed(7);
  const first = faker.number.int();
  await lorem(createRandom("beside"));
  expect([first, faker.number.int()]).toEqual(alone);
});
