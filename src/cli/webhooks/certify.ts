import { randomInt, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import {
  ATTEMPT_TIMEOUT_MS,
  type CaseResult,
  judge,
  type ReceiverResponse,
  wouldRetry,
} from "../../certify/case-result.js";
import { type CertifyCase, type CertifyPost, certifyCases } from "../../certify/cases.js";
import { junitXml } from "../../certify/junit.js";
import { count } from "../count.js";
import { UserError } from "../user-error.js";
import type { CertifyFlags } from "./command.js";

/** Between the attempts at a delivery that fails, as the gateway waits (W-5). */
const BACKOFFS_MS = [1_000, 2_000, 4_000, 5_000];

/** Runs every case against a receiver. @throws UserError when it does anything wrong */
export async function runCertify(url: string, { secret, junit }: CertifyFlags): Promise<void> {
  const cases = certifyCases(secret, { now: Date.now(), uuid: randomUUID, uint32: () => randomInt(2 ** 32) });
  const width = Math.max(...cases.map(({ name }) => name.length));
  const verdicts: CaseResult[] = [];
  for (const one of cases) {
    const verdict = judge(one, await send(url, one));
    verdicts.push(verdict);
    console.log(`${verdict.passed ? "ok  " : "FAIL"}  ${verdict.name.padEnd(width)}  ${verdict.did}`);
    if (!verdict.passed) console.log(`      should: ${verdict.should}`);
  }
  if (junit !== undefined) await write(junit, junitXml("gateway-emulator webhooks certify", verdicts));
  const failed = verdicts.filter(({ passed }) => !passed).length;
  if (failed > 0) throw new UserError(`${failed} of ${count(cases.length, "case")} failed`);
  console.log(`all ${count(cases.length, "case")} passed`);
}

async function send(url: string, { posts, retried }: CertifyCase): Promise<ReceiverResponse[][]> {
  const reactions: ReceiverResponse[][] = [];
  for (const post of posts) {
    const attempts = [await react(url, post)];
    for (const backoff of retried ? BACKOFFS_MS : []) {
      const last = attempts.at(-1);
      if (!last || !wouldRetry(last)) break;
      await wait(backoff);
      attempts.push(await react(url, post));
    }
    reactions.push(attempts);
  }
  return reactions;
}

async function react(url: string, { headers, body }: CertifyPost): Promise<ReceiverResponse> {
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

/** `fetch` says "fetch failed"; its cause says why. */
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
