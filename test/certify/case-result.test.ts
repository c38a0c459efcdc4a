import { describe, expect, test } from "vitest";
import { caseResult, type ReceiverResponse, wouldRetry } from "../../src/certify/case-result.js";
import type { CertifyCase, ExpectedResponse } from "../../src/certify/cases.js";
import { junitXml } from "../../src/certify/junit.js";
import { parseBehaviour, statusFor } from "../../src/certify/listener-behaviour.js";

const answered = (status: number): ReceiverResponse => ({ kind: "answered", status, ms: 2.4 });
const late: ReceiverResponse = { kind: "timeout", ms: 10_000 };
const gone: ReceiverResponse = { kind: "network", error: "connect ECONNREFUSED", ms: 1 };
const caseOf = (expected: ExpectedResponse): CertifyCase => {
  return { name: "some case", expected, advice: "do it right", posts: [], retried: false };
};

describe("the result of a case (W-5, W-6)", () => {
  test.each<[ExpectedResponse, ReceiverResponse, boolean]>([
    ["accept", answered(200), true],
    ["accept", answered(204), true],
    ["accept", answered(302), false],
    ["accept", answered(404), false],
    ["accept", answered(500), false],
    ["accept", late, false],
    ["accept", gone, false],
    ["refuse", answered(400), true],
    ["refuse", answered(401), true],
    ["refuse", answered(200), false],
    ["refuse", answered(500), false],
    ["refuse", answered(302), false],
    ["refuse", late, false],
  ])("%s: %j passes: %j", (expected, response, passed) => {
    expect(caseResult(caseOf(expected), [[response]]).passed).toBe(passed);
  });

  test("lists all attempts with their durations", () => {
    expect(caseResult(caseOf("accept"), [[answered(500), late, answered(200)], [gone]])).toEqual({
      name: "some case",
      passed: false,
      did: "500 in 2 ms, no answer in 10000 ms, 200 in 2 ms, no answer: connect ECONNREFUSED",
      should: "do it right",
      ms: 10_005.8,
    });
    expect(caseResult(caseOf("accept"), [[answered(500), answered(200)], [answered(200)]]).passed).toBe(true);
  });

  test("the gateway would retry everything but 2xx and 4xx", () => {
    expect([answered(200), answered(404), answered(500), answered(301), late, gone].map(wouldRetry)).toEqual([
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });
});

test("JUnit XML escapes text and replaces control characters", () => {
  const passed = caseResult(caseOf("accept"), [[answered(200)]]);
  const failed = { ...caseResult(caseOf("accept"), [[late]]), did: `<"a" & 'b'>\u0007`, name: "bad & case" };
  expect(junitXml("suite", [passed, failed])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" time="10.002">
  <testsuite name="suite" tests="2" failures="1" time="10.002">
    <testcase name="some case" classname="suite" time="0.002"/>
    <testcase name="bad &amp; case" classname="suite" time="10.000">
      <failure message="receiver: &lt;&quot;a&quot; &amp; &apos;b&apos;&gt; ">should: do it right</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
});

test("--respond statuses in turn, the last one repeats; without any, the default status of the delivery", () => {
  const behaviour = parseBehaviour("500, 503,200", "11s");
  if (typeof behaviour === "string") throw new Error(behaviour);
  expect(behaviour.delayMs).toBe(11_000);
  expect([0, 1, 2, 3].map((number) => statusFor(behaviour, number, 401))).toEqual([500, 503, 200, 200]);
  const none = parseBehaviour(undefined, "250");
  if (typeof none === "string") throw new Error(none);
  expect([none.delayMs, statusFor(none, 5, 401)]).toEqual([250, 401]);
});
