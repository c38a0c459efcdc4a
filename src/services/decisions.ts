import type { Admission, CheckResult } from "../domain/limits/admission.js";
import type { Settings } from "../domain/settings.js";
import type { Exchange } from "./journal.js";
import type { Grant } from "./limits.js";

/** Why a request was admitted or refused, as `GET /_emulator/decisions/{id}` shows it. */
export interface Decision {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly admitted: boolean;
  readonly slug: string;
  readonly key: string | null;
  readonly enforcement: string;
  readonly token_admission: Settings["tokenAdmission"];
  /** The group itself, then its ancestors. */
  readonly chain: readonly { readonly id: string; readonly external_entity_id: string }[];
  /** In effective order (L-12); `used` is before this request, `demand` what had to fit. */
  readonly limits: readonly {
    readonly type: string;
    readonly unit: string;
    readonly threshold: number;
    readonly source_group: string;
    readonly used: number;
    readonly demand: number;
    readonly bound: boolean;
  }[];
  /** Why, in one sentence. */
  readonly reason: string;
}

/** The decision as JSON text, kept in the journal. */
export function decisionRecord(
  exchange: Exchange,
  grant: Grant,
  admission: Admission,
  tokenAdmission: Settings["tokenAdmission"],
): string {
  const bound = admission.admitted ? null : admission.bound;
  const decision: Decision = {
    id: String(exchange.seq),
    at: new Date(exchange.at).toISOString(),
    admitted: admission.admitted,
    slug: grant.slug,
    key: exchange.keyPrefix,
    enforcement: grant.chain[0].enforcement,
    token_admission: tokenAdmission,
    chain: grant.chain.map((group) => ({ id: group.id, external_entity_id: group.externalEntityId })),
    limits: admission.checks.map((check) => ({
      type: check.limit.type,
      unit: check.limit.unit,
      threshold: check.limit.threshold,
      source_group: check.limit.sourceGroup,
      used: check.used,
      demand: check.demand,
      bound: check === bound,
    })),
    reason: bound
      ? reasonOf(grant, bound)
      : admission.checks.length === 0
        ? "no limit applies"
        : "room in every limit",
  };
  return JSON.stringify(decision);
}

/** One line for `x-emulator-hint`: the limit, where it is anchored, what was used, when room returns. */
export function refusalHint(
  grant: Grant,
  admission: Extract<Admission, { admitted: false }>,
  now: number,
): string {
  const { roomAt } = admission;
  const when =
    roomAt === null
      ? "this request is larger than the limit and never fits"
      : `room returns at ${new Date(roomAt).toISOString()} (in ${(roomAt - now) / 1000} s)`;
  return `${reasonOf(grant, admission.bound)}; ${when}`;
}

function reasonOf(grant: Grant, { limit, used, demand }: CheckResult): string {
  const anchor = grant.chain.find((group) => group.id === limit.sourceGroup);
  const name = anchor ? `${anchor.externalEntityId} (${anchor.id})` : limit.sourceGroup;
  const needs = demand > 1 ? `, ${demand} more asked for` : "";
  return `${limit.type}/${limit.unit} of group ${name} for ${grant.slug}: ${used} of ${limit.threshold} used${needs}`;
}
