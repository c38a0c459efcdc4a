import { expect, test } from "vitest";
import { Clock } from "../../src/runtime/clock.js";
import { steadyMachineTime } from "../../src/runtime/machine-time.js";

const NOON = Date.parse("2026-06-17T12:00:00Z");

/** A machine whose clock a test sets, beside its monotonic one. */
class Machine {
  #wall = NOON;
  #monotonic = 1234.5;
  readonly time = steadyMachineTime(
    () => Math.floor(this.#wall),
    () => this.#monotonic,
  );

  /** Time passes. */
  pass(milliseconds: number): void {
    this.#wall += milliseconds;
    this.#monotonic += milliseconds;
  }

  /** Somebody sets the clock. */
  step(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  /** Milliseconds since noon. */
  get read(): number {
    return this.time() - NOON;
  }
}

test("it is the machine's own time", () => {
  const machine = new Machine();
  expect(machine.read).toBe(0);
  machine.pass(1500);
  expect(machine.read).toBe(1500);
});

test("a step back: it goes on from where it was, neither back nor still (Y-85)", () => {
  const machine = new Machine();
  expect(machine.read).toBe(0);
  machine.step(-30_000);
  expect(machine.read).toBe(0);
  machine.pass(20);
  expect(machine.read).toBe(20);
  machine.pass(60_000);
  expect(machine.read).toBe(60_020);
});

test("the machine's clock is set right again: no jump", () => {
  const machine = new Machine();
  expect(machine.read).toBe(0);
  machine.step(-30_000);
  machine.pass(10);
  expect(machine.read).toBe(10);
  machine.step(30_000);
  machine.pass(10);
  expect(machine.read).toBe(20);
});

test("a step forward is followed, as after a laptop's sleep (Y-85)", () => {
  const machine = new Machine();
  expect(machine.read).toBe(0);
  machine.step(3_600_000);
  expect(machine.read).toBe(3_600_000);
});

test("a clock that is adjusted slowly is followed in both directions", () => {
  const machine = new Machine();
  for (let second = 0; second < 3600; second++) {
    machine.pass(1000);
    machine.step(-0.5);
    machine.time();
  }
  expect(machine.read).toBe(3600 * 999.5);
});

test("jobs that a step forward makes due run within a second or so, whatever Node's timers wait for", async () => {
  const machine = new Machine();
  const clock = new Clock({ mode: "real" }, machine.time);
  const ran = new Promise<void>((resolve) => clock.schedule(NOON + 3_600_000, "job", resolve));
  machine.step(3_600_000);
  // The test's own time limit is the bound.
  await ran;
  clock.close();
});
