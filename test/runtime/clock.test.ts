import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Clock, ClockError, type ClockState } from "../../src/runtime/clock.js";

const NOON = Date.parse("2026-06-17T12:00:00Z");

/** A clock that stands at noon. */
const frozen = () => new Clock({ mode: "frozen", at: NOON });

/** A machine whose time a test sets. */
function machine(at = NOON) {
  const state = { at };
  return { state, now: () => state.at };
}

/** Lets the event loop go round. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A job that writes down its name and when it ran. */
function recorder(clock: Clock) {
  const ran: [string, number][] = [];
  return { ran, job: (name: string) => () => void ran.push([name, clock.now() - NOON]) };
}

describe("now", () => {
  test("frozen: the same instant, whatever the machine says", () => {
    const { state, now } = machine();
    const clock = new Clock({ mode: "frozen", at: NOON }, now);
    state.at += 5000;
    expect(clock.now()).toBe(NOON);
  });

  test("real: the machine's time", () => {
    const { state, now } = machine();
    const clock = new Clock({ mode: "real" }, now);
    state.at += 5000;
    expect(clock.now()).toBe(NOON + 5000);
  });

  test("running: the machine's time and an offset", () => {
    const { state, now } = machine();
    const clock = new Clock({ mode: "running", offsetMs: 60_000 }, now);
    state.at += 5000;
    expect(clock.now()).toBe(NOON + 65_000);
  });

  test("never goes backwards, even when the machine does", () => {
    const { state, now } = machine();
    const clock = new Clock({ mode: "real" }, now);
    expect(clock.now()).toBe(NOON);
    state.at -= 5000;
    expect(clock.now()).toBe(NOON);
    state.at = NOON + 1;
    expect(clock.now()).toBe(NOON + 1);
  });

  test("freeze() stops it where it is, goReal() lets it go", () => {
    const { state, now } = machine();
    const clock = new Clock({ mode: "real" }, now);
    clock.freeze();
    state.at += 5000;
    expect([clock.now(), clock.state]).toEqual([NOON, { mode: "frozen", at: NOON }]);
    clock.goReal();
    expect([clock.now(), clock.state]).toEqual([NOON + 5000, { mode: "real" }]);
  });

  test("goReal() refuses to go back, and changes nothing", () => {
    const { now } = machine();
    const clock = new Clock({ mode: "frozen", at: NOON + 1 }, now);
    expect(() => clock.goReal()).toThrow(ClockError);
    expect(clock.state).toEqual({ mode: "frozen", at: NOON + 1 });
  });

  test("restore() may go back: it is another world's time", () => {
    const clock = frozen();
    clock.restore({ mode: "frozen", at: NOON - 5000 });
    expect(clock.now()).toBe(NOON - 5000);
  });
});

describe("advanceTo", () => {
  test("a distance counts from when the move begins, so that none is never backwards in running time", async () => {
    let ticks = NOON;
    const clock = new Clock({ mode: "real" }, () => ticks++);
    await Promise.all([clock.advanceTo((now) => now), clock.advanceTo((now) => now + 60_000)]);
    expect(clock.now()).toBeGreaterThanOrEqual(NOON + 60_000);
  });

  test("moves a frozen clock, and leaves it frozen", async () => {
    const clock = frozen();
    expect(await clock.advanceTo(NOON + 61_000)).toEqual([]);
    expect(clock.state).toEqual({ mode: "frozen", at: NOON + 61_000 });
  });

  test("shifts a clock that runs, which goes on from there", async () => {
    const { state, now } = machine();
    const clock = new Clock({ mode: "real" }, now);
    await clock.advanceTo(NOON + 61_000);
    state.at += 5;
    expect(clock.now()).toBe(NOON + 61_005);
    expect(clock.state).toEqual({ mode: "running", offsetMs: 61_000 });
  });

  test("never backwards", async () => {
    const clock = frozen();
    await expect(clock.advanceTo(NOON - 1)).rejects.toThrow(ClockError);
    expect(clock.now()).toBe(NOON);
    expect(await clock.advanceTo(NOON)).toEqual([]);
  });

  test("runs what falls due in time order, each at its own instant, ties as they were added", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 300, "third", job("third"));
    clock.schedule(NOON + 100, "first", job("first"));
    clock.schedule(NOON + 200, "second", job("second"));
    clock.schedule(NOON + 200, "second too", job("second too"));
    clock.schedule(NOON + 401, "too late", job("too late"));
    const fired = await clock.advanceTo(NOON + 400);
    expect(ran).toEqual([
      ["first", 100],
      ["second", 200],
      ["second too", 200],
      ["third", 300],
    ]);
    expect(fired).toEqual(ran.map(([name, after]) => ({ at: NOON + after, job: name })));
    expect(clock.now()).toBe(NOON + 400);
    expect(await clock.advanceTo(NOON + 401)).toEqual([{ at: NOON + 401, job: "too late" }]);
  });

  test("a job exactly at the target runs", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "edge", job("edge"));
    await clock.advanceTo(NOON + 99);
    expect(ran).toEqual([]);
    await clock.advanceTo(NOON + 100);
    expect(ran).toEqual([["edge", 100]]);
  });

  test("what a job schedules runs too, if it falls due on the way", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    const retry = (attempt: number) => () => {
      job(`try ${attempt}`)();
      clock.schedule(clock.now() + 100, "retry", retry(attempt + 1));
    };
    clock.schedule(NOON + 100, "retry", retry(1));
    clock.schedule(NOON + 250, "between", job("between"));
    await clock.advanceTo(NOON + 350);
    expect(ran).toEqual([
      ["try 1", 100],
      ["try 2", 200],
      ["between", 250],
      ["try 3", 300],
    ]);
    expect(await clock.advanceTo(NOON + 400)).toEqual([{ at: NOON + 400, job: "retry" }]);
  });

  test("waits for a job before time moves on", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "slow", async () => {
      job("begun")();
      await turns(5);
      job("ended")();
    });
    clock.schedule(NOON + 200, "next", job("next"));
    await clock.advanceTo(NOON + 200);
    expect(ran).toEqual([
      ["begun", 100],
      ["ended", 100],
      ["next", 200],
    ]);
  });

  test("a job whose time has passed runs at once, without turning time back", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON - 5000, "overdue", job("overdue"));
    expect(await clock.advanceTo(NOON)).toEqual([{ at: NOON, job: "overdue" }]);
    expect(ran).toEqual([["overdue", 0]]);
  });

  test("one advance waits for the other, so that time stands still for a slow job", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "slow", async () => {
      await turns(5);
      job("slow")();
    });
    clock.schedule(NOON + 200, "next", job("next"));
    const [first, second] = await Promise.all([clock.advanceTo(NOON + 150), clock.advanceTo(NOON + 300)]);
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(ran).toEqual([
      ["slow", 100],
      ["next", 200],
    ]);
  });

  test("a job that fails stops the advance where it is; the next one goes on", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "fails", () => {
      throw new Error("no luck");
    });
    clock.schedule(NOON + 200, "next", job("next"));
    await expect(clock.advanceTo(NOON + 300)).rejects.toThrow("no luck");
    expect(clock.now()).toBe(NOON + 100);
    await clock.advanceTo(NOON + 300);
    expect(ran).toEqual([["next", 200]]);
  });
});

describe("jobs that do not run", () => {
  test("cancelled ones, also when another job cancels them; again, and too late, is harmless", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    const cancelFirst = clock.schedule(NOON + 100, "first", job("first"));
    const cancelLast = clock.schedule(NOON + 300, "last", job("last"));
    const cancelSecond = clock.schedule(NOON + 200, "second", () => {
      job("second")();
      cancelLast();
    });
    cancelFirst();
    cancelFirst();
    expect(await clock.advanceTo(NOON + 400)).toEqual([{ at: NOON + 200, job: "second" }]);
    cancelSecond();
    expect(ran).toEqual([["second", 200]]);
  });

  test("clear() drops them all; later ones run", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "old", job("old"));
    clock.clear();
    clock.schedule(NOON + 100, "new", job("new"));
    await clock.advanceTo(NOON + 100);
    expect(ran).toEqual([["new", 100]]);
  });

  test("clear() within an advance drops what is left", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "clears", () => clock.clear());
    clock.schedule(NOON + 200, "old", job("old"));
    await clock.advanceTo(NOON + 300);
    expect(ran).toEqual([]);
  });

  test("restore() within an advance ends it: the world starts over, and stays there", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON + 100, "starts over", () => {
      clock.clear();
      clock.restore({ mode: "frozen", at: NOON });
      clock.schedule(NOON + 50, "of the new world", job("of the new world"));
    });
    await clock.advanceTo(NOON + 200);
    expect(clock.now()).toBe(NOON);
    expect(ran).toEqual([]);
  });

  test("in a frozen world nothing runs by itself, and an overdue job waits too", async () => {
    const clock = frozen();
    const { ran, job } = recorder(clock);
    clock.schedule(NOON, "due now", job("due now"));
    await turns(2);
    expect(ran).toEqual([]);
  });
});

test("every change is told, an advance once at its end", async () => {
  const { now } = machine();
  const clock = new Clock({ mode: "real" }, now);
  const told: ClockState[] = [];
  clock.onChange((state) => told.push(state));
  clock.freeze();
  clock.schedule(NOON + 100, "job", () => {});
  await clock.advanceTo(NOON + 200);
  clock.restore({ mode: "running", offsetMs: 7 });
  expect(told).toEqual([
    { mode: "frozen", at: NOON },
    { mode: "frozen", at: NOON + 200 },
    { mode: "running", offsetMs: 7 },
  ]);
});

test("any jobs, cancelled or not, in any steps: run once, in time order, at their instants", async () => {
  const jobs = fc.array(fc.record({ after: fc.nat(50), cancelled: fc.boolean() }), { maxLength: 40 });
  const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(jobs, steps, async (planned, advances) => {
      const clock = frozen();
      const { ran, job } = recorder(clock);
      for (const [index, { after, cancelled }] of planned.entries()) {
        const cancel = clock.schedule(NOON + after, String(index), job(String(index)));
        if (cancelled) cancel();
      }
      let end = 0;
      for (const step of advances) {
        end += step;
        await clock.advanceTo(NOON + end);
      }
      const expected = planned
        .map(({ after, cancelled }, index) => ({ name: String(index), after, cancelled }))
        .filter(({ after, cancelled }) => !cancelled && after <= end)
        .sort((one, other) => one.after - other.after)
        .map(({ name, after }) => [name, after]);
      expect(ran).toEqual(expected);
      expect(clock.now()).toBe(NOON + end);
    }),
    { numRuns: 50 },
  );
});
