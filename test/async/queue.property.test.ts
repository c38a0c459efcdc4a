import fc from "fast-check";
import { expect, test } from "vitest";
import { cancel, start, statusOf, submitted } from "./support.js";

/** A prediction of `slow` takes so long. */
const SLOW_S = 60;

type Step =
  | { readonly kind: "submit"; readonly priority: number; readonly patience: number }
  | { readonly kind: "cancel"; readonly which: number }
  | { readonly kind: "advance"; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("submit" as const),
      priority: fc.nat(2),
      patience: fc.integer({ min: 10, max: 200 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), which: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      seconds: fc.integer({ min: 1, max: 150 }),
    }),
  },
);

interface Known {
  readonly priority: number;
  readonly expiresAt: number;
  status: "QUEUED" | "IN_PROGRESS" | "SUCCEEDED" | "EXPIRED" | "CANCELED";
  endsAt: number;
}

/** The queue by the documents, second by second: one at a time, lowest priority number, then who came first. */
class Reference {
  readonly known: Known[] = [];
  now = 0;

  submit(priority: number, patience: number): void {
    this.known.push({ priority, expiresAt: this.now + patience, status: "QUEUED", endsAt: 0 });
    this.#fill();
  }

  cancel(which: number): void {
    const one = this.known[which];
    if (one?.status === "QUEUED") one.status = "CANCELED";
  }

  advance(seconds: number): void {
    for (let passed = 0; passed < seconds; passed++) {
      this.now++;
      for (const one of this.known) {
        if (one.status === "QUEUED" && one.expiresAt <= this.now) one.status = "EXPIRED";
        if (one.status === "IN_PROGRESS" && one.endsAt <= this.now) one.status = "SUCCEEDED";
      }
      this.#fill();
    }
  }

  #fill(): void {
    if (this.known.some(({ status }) => status === "IN_PROGRESS")) return;
    const [next] = this.known
      .filter(({ status }) => status === "QUEUED")
      .sort((one, other) => one.priority - other.priority);
    if (next) Object.assign(next, { status: "IN_PROGRESS", endsAt: this.now + SLOW_S });
  }
}

test("I-5: order, expiry and cancellation are those of a simple queue", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await using gateway = await start();
      const reference = new Reference();
      const ids: string[] = [];
      for (const one of steps) {
        switch (one.kind) {
          case "submit": {
            const { priority, patience } = one;
            ids.push(await submitted(gateway, "slow", { priority, max_time_in_queue_seconds: patience }));
            // Until it has found its place, so that the next one cannot overtake it.
            await gateway.clock.advance(0);
            reference.submit(priority, patience);
            break;
          }
          case "cancel": {
            const id = ids[one.which];
            if (id !== undefined) await cancel(gateway, id);
            reference.cancel(one.which);
            break;
          }
          case "advance":
            await gateway.clock.advance(one.seconds * 1000);
            reference.advance(one.seconds);
            break;
        }
      }
      const statuses = await Promise.all(ids.map(async (id) => (await statusOf(gateway, id)).body.status));
      expect(statuses).toEqual(reference.known.map(({ status }) => status));
    }),
    { numRuns: 25 },
  );
});
