import { randomInt, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import {
  ATTEMPT_TIMEOUT_MS,
  type CaseResult,
  caseResult,
  type ReceiverResponse,
  wouldRetry,
} from "../../certify/case-result.js";
import { type CertifyCase, type CertifyPost, certifyCases } from "../../certify/cases.js";
import { junitXml } from "../../certify/junit.js";
import { count } from "../count.js";
import { UserError } from "../user-error.js";

export interface CertifyFlags {
  readonly secret: string;
  readonly junit?: string;
}

/** Waits between attempts at a failing delivery, the same as the gateway's (W-5). */
const BACKOFFS_MS = [1_000, 2_000, 4_000, 5_000];

/** Runs every case against a receiver and prints the results. @throws UserError when a case fails */
export async function runCertify(url: string, { secret, junit }: CertifyFlags): Promise<void> {
  const cases = certifyCases(secret, { now: Date.now(), uuid: randomUUID, uint32: () => randomInt(2 ** 32) });
  const width = Math.max(...cases.map(({ name }) => name.length));
  const results: CaseResult[] = [];
  for (const one of cases) {
    const result = caseResult(one, await runCase(url, one));
    results.push(result);
    console.log(`${result.passed ? "ok  " : "FAIL"}  ${result.name.padEnd(width)}  ${result.did}`);
    if (!result.passed) console.log(`      should: ${result.should}`);
  }
  if (junit !== undefined) await write(junit, junitXml("gateway-emulator webhooks certify", results));
  const failed = results.filter(({ passed }) => !passed).length;
  if (failed > 0) throw new UserError(`${failed} of ${count(cases.length, "case")} failed`);
  console.log(`all ${count(cases.length, "case")} passed`);
}

async function runCase(url: string, { posts, retried }: CertifyCase): Promise<ReceiverResponse[][]> {
  const responses: ReceiverResponse[][] = [];
  for (const one of posts) {
    const attempts = [await post(url, one)];
    for (const backoff of retried ? BACKOFFS_MS : []) {
      const last = attempts.at(-1);
      if (!last || !wouldRetry(last)) break;
      await wait(backoff);
      attempts.push(await post(url, one));
    }
    responses.push(attempts);
  }
  return responses;
}

async function post(url: string, { headers, body }: CertifyPost): Promise<ReceiverResponse> {
  const started = performance.now();
  const took = (): number => performance.now() - started;
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    return { kind: "answered", status: answer.status, ms: took() };
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "TimeoutError")
      return { kind: "timeout", ms: took() };
    return { kind: "network", error: reason(cause), ms: took() };
  }
}

/** The message of a `fetch` error is only "fetch failed"; its cause has the reason. */
function reason(cause: unknown): string {
  const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new UserError(`--junit: cannot write ${file}: ${cause instanceof Error ? cause.message : cause}`);
  }
}
