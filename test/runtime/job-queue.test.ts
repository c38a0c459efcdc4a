import { expect, test } from "vitest";
import { JobQueue } from "../../src/runtime/job-queue.js";

const nothing = (): void => {};

test("what is cancelled does not pile up behind a job that waits", () => {
  const queue = new JobQueue();
  const first = queue.add(1, "first", nothing, nothing);
  for (let index = 0; index < 10_000; index++) {
    queue.cancel(queue.add(Number.POSITIVE_INFINITY, "cancelled", nothing, nothing));
  }
  expect(queue.size).toBeLessThan(200);
  expect(queue.pop()).toBe(first);
  expect(queue.pop()).toBeUndefined();
});

test("what is left comes in order, however much was cancelled, twice or too late", () => {
  const queue = new JobQueue();
  const entries = Array.from({ length: 1_000 }, (_, index) =>
    queue.add((index * 7919) % 1_000, String(index), nothing, nothing),
  );
  const ran = queue.pop();
  for (const entry of entries) if (entry.at % 5 > 0) queue.cancel(entry);
  for (const entry of entries) if (entry.at % 5 > 0) queue.cancel(entry);
  if (ran) queue.cancel(ran);
  const left: number[] = [];
  for (let entry = queue.pop(); entry; entry = queue.pop()) left.push(entry.at);
  expect(left).toEqual(Array.from({ length: 199 }, (_, index) => (index + 1) * 5));
});
