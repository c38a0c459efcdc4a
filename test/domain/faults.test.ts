import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChatSubject } from "../../src/domain/completion/subject.js";
import {
  answersItself,
  compileFault,
  FAULT_PRESETS,
  type Fault,
  type FaultRule,
  matchFault,
  refuses,
} from "../../src/domain/faults.js";
import { Patterns } from "../../src/services/patterns.js";
import { chatRequest } from "./completion/support.js";

const whole = subject(false);
const streamed = subject(true);

function subject(stream: boolean) {
  const sender = { group: ["org"], key: ["acme-prod"], header: () => undefined };
  return new ChatSubject("acme/llama", chatRequest("hi", { stream }), sender);
}

const { compile } = new Patterns();

function rule(fault: Fault, fields: Partial<FaultRule> = {}): FaultRule {
  return { id: "fault-1", match: {}, fault, ...fields };
}

/** Whether the fault strikes each of so many requests; `draws` are the numbers of chance. */
function strikes(one: FaultRule, requests: number, draws: readonly number[] = []): boolean[] {
  const faults = [compileFault(one, compile)];
  const rest = [...draws];
  const float = () => rest.shift() ?? Number.NaN;
  return Array.from({ length: requests }, () => matchFault(faults, "answer", whole, float) !== null);
}

describe("L-4: which faults refuse a request, so that it counts nowhere", () => {
  test.each([
    [200, false],
    [399, false],
    [400, true],
    [429, true],
    [499, true],
    [500, false],
    [503, false],
  ])("status %d: %s", (status, refused) => {
    expect(refuses({ status })).toBe(refused);
  });

  test("presets: those that the gateway answers before the model is asked", () => {
    expect(FAULT_PRESETS.filter((preset) => refuses({ preset }))).toEqual([
      "wrong_key",
      "unknown_model",
      "rate_limited",
      "payment_required",
    ]);
  });

  test.each([[{ reset: true }], [{ delay_ms: 5 }], [{ cut: { after_chunks: 1 } }]])("not %j", (fault) => {
    expect(refuses(fault)).toBe(false);
  });
});

describe("X-7: which faults answer in the model's place", () => {
  test.each([
    [{ preset: "timeout" as const }, true],
    [{ status: 503 }, true],
    [{ reset: true }, true],
    [{ reset: false, delay_ms: 5 }, false],
    [{ cut: { after_chunks: 1 } }, false],
    [{ headers: {}, truncated_json: true }, false],
  ])("%j: %s", (fault, own) => {
    expect(answersItself(fault)).toBe(own);
  });
});

describe("which requests a fault strikes", () => {
  test("as many as `times` says, once `after` have passed", () => {
    const count = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(count, count, (times, after) => {
        const expected = Array.from({ length: 12 }, (_, at) => at >= after && at < after + times);
        expect(strikes(rule({ status: 503 }, { times, after }), 12)).toEqual(expected);
      }),
    );
  });

  test("those whose draw is below `probability`; without one nothing is drawn", () => {
    const draws = [0, 0.249, 0.25, 0.9];
    expect(strikes(rule({ status: 503 }, { probability: 0.25 }), 4, draws)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(strikes(rule({ status: 503 }, { probability: 0 }), 1, [0])).toEqual([false]);
    expect(strikes(rule({ status: 503 }), 2)).toEqual([true, true]);
  });

  test.each([
    [{ stall: { after_chunks: 1 } }, [false, true]],
    [{ malformed_chunk: 1 }, [false, true]],
    [{ truncated_json: true }, [true, false]],
    [{ delay_ms: 0 }, [true, true]],
    [{ reset: true }, [true, true]],
  ] as const)("%j: whole answers and streams: %j", (fault, expected) => {
    const struck = [whole, streamed].map(
      (one) => matchFault([compileFault(rule(fault), compile)], "answer", one, () => 0) !== null,
    );
    expect(struck).toEqual(expected);
  });

  test("one of webhooks leaves answers alone, and the other way round", () => {
    const faults = [
      compileFault(rule({ webhook: { duplicate: true } }, { id: "of-webhooks" }), compile),
      compileFault(rule({ status: 503 }, { id: "of-answers" }), compile),
    ];
    expect(matchFault(faults, "answer", whole, () => 0)?.rule.id).toBe("of-answers");
    expect(matchFault(faults, "webhook", whole, () => 0)?.rule.id).toBe("of-webhooks");
    expect(faults.map(({ matched, struck }) => [matched, struck])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });
});
