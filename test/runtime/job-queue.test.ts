import fc from "fast-check";
import { expect, test } from "vitest";
import { JobQueue, type QueuedJob } from "../../src/runtime/job-queue.js";

const nothing = (): void => {};

/** The same, as a list that is sorted whenever it is asked. */
class Model {
  entries: QueuedJob[] = [];

  next(): QueuedJob | undefined {
    // Sorting is stable.
    return this.entries.toSorted((a, b) => a.at - b.at)[0];
  }

  remove(entry: QueuedJob | undefined): void {
    this.entries = this.entries.filter((other) => other !== entry);
  }
}

test("jobs come by time and then in the order of adding, whatever is cancelled or cleared between", () => {
  const at = fc.constantFrom(0, 1, 1.5, 2, 7, 1_000, Number.POSITIVE_INFINITY);
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), at }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("pop" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), index: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const), at }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new JobQueue();
      const model = new Model();
      const added: QueuedJob[] = [];
      for (const step of steps) {
        switch (step.kind) {
          case "add": {
            const entry = queue.add(step.at, "job", nothing, nothing);
            added.push(entry);
            model.entries.push(entry);
            break;
          }
          case "pop": {
            const next = model.next();
            expect(queue.pop()).toBe(next);
            model.remove(next);
            break;
          }
          case "cancel": {
            // Also what has left already.
            const entry = added[step.index];
            if (entry) queue.cancel(entry);
            model.remove(entry);
            break;
          }
          case "clear": {
            const late = model.entries.filter((entry) => entry.at > step.at);
            expect(new Set(queue.clear(step.at))).toEqual(new Set(late));
            for (const entry of late) model.remove(entry);
            break;
          }
        }
        expect(queue.peek()).toBe(model.next());
      }
    }),
  );
});
